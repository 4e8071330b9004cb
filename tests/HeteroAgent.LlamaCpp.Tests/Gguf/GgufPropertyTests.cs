using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Test]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll<byte[]>(bytes => Survives(bytes) && Survives([.. "GGUF"u8, 3, 0, 0, 0, .. bytes])).Check(Thorough);

    [Test]
    public void Any_truncation_is_refused() =>
        Prop.ForAll(Gen.Choose(0, GgufSamples.LlamaBytes.Length - 1).ToArbitrary(), length =>
        {
            byte[] cut = GgufSamples.LlamaBytes[..length];
            return Survives(cut) && GgufSamples.Refused(cut) is { Error: GgufError.Truncated or GgufError.NotGguf };
        }).Check(Thorough);

    [Test]
    public void Any_changed_bytes_are_read_or_refused()
    {
        Gen<(int At, byte Value)[]> changes = Gen.Zip(Gen.Choose(0, GgufSamples.LlamaBytes.Length - 1), Gen.Choose(0, 255).Select(b => (byte)b)).ArrayOf();
        Prop.ForAll(changes.ToArbitrary(), list =>
        {
            byte[] file = [.. GgufSamples.LlamaBytes];
            Array.ForEach(list, change => file[change.At] = change.Value);
            return Survives(file);
        }).Check(Thorough);
    }

    [Test]
    public void A_sound_file_says_the_same_after_being_taken_apart_and_written_again()
    {
        Gen<GgufBuilder> builders =
            from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
            from number in ArbMap.Default.GeneratorFor<long>()
            from real in ArbMap.Default.GeneratorFor<float>()
            select GgufSamples.Llama().With("general.name", GgufBuilder.Latin(name.Get)).With("x.long", number).With("x.float", real);
        Prop.ForAll(builders.ToArbitrary(), builder =>
        {
            byte[] bytes = builder.Write();
            return GgufBuilder.Parse(bytes).Write().AsSpan().SequenceEqual(bytes)
                && builder.Read() is { } file
                && file.Metadata.TryGetInt64("x.long", out long number) && number.Equals(builder.Pairs.Find(p => p.Key == "x.long")!.Value)
                && file.Metadata.TryGetFloat("x.float", out float real) && real.Equals(builder.Pairs.Find(p => p.Key == "x.float")!.Value)
                && file.Metadata.TryGetString("general.name", out string? name) && GgufBuilder.Latin(name).Equals(builder.Pairs.Find(p => p.Key == "general.name")!.Value);
        }).Check(Config.QuickThrowOnFailure);
    }

    [TestCase("stories260K.gguf", 1)]
    [TestCase("starter/snips.gguf", 2)]
    public void A_thousand_mutations_are_read_or_refused(string model, int seed)
    {
        byte[] file = File.ReadAllBytes(SharedData.Require(["models", .. model.Split('/')]));
        GgufMutator mutator = new(seed);
        int refused = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] mutated = mutator.Mutate(file, i, out string description);
            try
            {
                GgufFile.Read(new MemoryStream(mutated)).RequireRunnable();
            }
            catch (GgufException)
            {
                refused++;
            }
            catch (Exception e) when (e is not GgufException)
            {
                Assert.Fail($"Mutation {i} ({description}): {e}");
            }
        }

        Assert.That(refused, Is.InRange(400, 900), "some faults matter and some do not");
    }

    [Test]
    public void The_same_seed_damages_in_the_same_way()
    {
        for (int i = 0; i < 100; i++)
        {
            byte[] once = new GgufMutator(5).Mutate(GgufSamples.LlamaBytes, i, out string first);
            byte[] again = new GgufMutator(5).Mutate(GgufSamples.LlamaBytes, i, out string second);
            Assert.That((again, second), Is.EqualTo((once, first)));
        }
    }

    private static bool Survives(byte[] file)
    {
        try
        {
            GgufFile.Read(new MemoryStream(file)).RequireRunnable();
        }
        catch (GgufException)
        {
        }

        return true;
    }
}
