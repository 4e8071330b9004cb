using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufWriterTests
{
    [Test]
    public void Every_kind_of_value_and_tensor_is_read_by_a_parser_of_its_own()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "all.gguf");
        new GgufWriter("llama", 64)
            .Set("a.u8", (byte)200).Set("a.i8", (sbyte)-2).Set("a.u16", (ushort)60_000).Set("a.i16", (short)-3)
            .Set("a.u32", 4_000_000_000u).Set("a.i32", -5).Set("a.u64", ulong.MaxValue).Set("a.i64", long.MinValue)
            .Set("a.f32", 1.5f).Set("a.f64", -2.5).Set("a.bool", value: true).Set("a.text", "žluť\n")
            .SetArray("b.texts", ["", "ä", "🙂"]).SetArray<int>("b.ints", [1, -2]).SetArray<float>("b.floats", [0.5f]).SetArray<bool>("b.flags", [true, false]).SetArray<ulong>("b.none", [])
            .SetTensor("t.floats", [3, 2], new float[] { 1, 2, 3, 4, 5, 6 })
            .SetTensor("t.q8", GgmlType.Q8_0, [32, 1, 2], Enumerable.Range(0, 68).Select(i => (byte)i).ToArray())
            .SetTensor("t.made", GgmlType.I32, [1], stream => stream.Write([1, 2, 3, 4]))
            .Write(path);
        GgufBuilder parsed = GgufBuilder.Parse(File.ReadAllBytes(path), 64);
        GgufFile file = GgufFile.Read(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parsed.Pairs.Select(p => p.Value is GgufArray a ? a.Values : p.Value), Is.EqualTo(new object[]
            {
                64u, "llama", (byte)200, (sbyte)-2, (ushort)60_000, (short)-3, 4_000_000_000u, -5, ulong.MaxValue, long.MinValue, 1.5f, -2.5, true, GgufBuilder.Latin("žluť\n"),
                new object[] { "", GgufBuilder.Latin("ä"), GgufBuilder.Latin("🙂") }, new object[] { 1, -2 }, new object[] { 0.5f }, new object[] { true, false }, Array.Empty<object>(),
            }));
            Assert.That(parsed.Tensors.Select(t => (t.Name, t.Type)), Is.EqualTo(new[] { ("t.floats", 0u), ("t.q8", 8u), ("t.made", 26u) }));
            Assert.That(parsed.Tensors[1].Data[..68], Is.EqualTo(Enumerable.Range(0, 68).Select(i => (byte)i)));
            Assert.That(file.Alignment, Is.EqualTo(64));
            Assert.That(file.Tensors.Select(t => t.ToString()), Is.EqualTo(new[] { "t.floats F32 [3, 2]", "t.q8 Q8_0 [32, 1, 2]", "t.made I32 [1]" }));
        }
    }

    [Test]
    public void Any_metadata_comes_back()
    {
        Gen<(string Text, long Number, double Real, string[] Texts)> values =
            from text in ArbMap.Default.GeneratorFor<UnicodeString>()
            from number in ArbMap.Default.GeneratorFor<long>()
            from real in ArbMap.Default.GeneratorFor<double>()
            from texts in ArbMap.Default.GeneratorFor<UnicodeString>().Select(s => s.Get ?? "").ArrayOf()
            select (text.Get ?? "", number, real, texts);
        Prop.ForAll(values.ToArbitrary(), v =>
        {
            if (HasLoneSurrogate(v.Text) || v.Texts.Any(HasLoneSurrogate))
            {
                return true;
            }

            MemoryStream stream = new();
            new GgufWriter("llama").Set("text", v.Text).Set("number", v.Number).Set("real", (float)v.Real).SetArray("texts", v.Texts).Write(stream);
            stream.Position = 0;
            GgufMetadata read = GgufFile.Read(stream).Metadata;
            return read.TryGetString("text", out string? text) && text == v.Text
                && read.TryGetInt64("number", out long number) && number == v.Number
                && read.TryGetFloat("real", out float real) && real.Equals((float)v.Real)
                && read.TryGetStrings("texts", out IReadOnlyList<string>? texts) && texts.SequenceEqual(v.Texts);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Test]
    public void A_copy_is_the_same_byte_for_byte()
    {
        using TemporaryFolder folder = new();
        string source = folder.File("source.gguf", GgufSamples.LlamaBytes);
        string copy = Path.Combine(folder.Path, "copy.gguf");
        GgufWriter.CopyOf(GgufFile.Read(source)).Write(copy);
        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(GgufSamples.LlamaBytes));
        GgufWriter.CopyOf(GgufFile.Read(source)).Set("general.name", "another").Write(source);
        Assert.That(GgufFile.Read(source).Name, Is.EqualTo("another"), "a file may be written over itself");
    }

    [TestCase("stories260K.gguf")]
    [TestCase("starter/snips.gguf")]
    public void A_copy_of_a_real_model_holds_the_same(string model)
    {
        string source = SharedData.Require(["models", .. model.Split('/')]);
        using TemporaryFolder folder = new();
        string copy = Path.Combine(folder.Path, "copy.gguf");
        GgufWriter.CopyOf(GgufFile.Read(source)).Write(copy);
        Assert.That(LoraFingerprint.Of(GgufFile.Read(copy)), Is.EqualTo(LoraFingerprint.Of(GgufFile.Read(source))));
        Assert.That(GgufFile.Read(copy).Metadata.Keys, Is.EqualTo(GgufFile.Read(source).Metadata.Keys));
    }

    [Test]
    public async Task The_native_library_loads_what_was_written()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.gguf");
        GgufWriter.CopyOf(GgufFile.Read(folder.File("source.gguf", GgufSamples.LlamaBytes))).Set("general.name", "written").Write(path);
        using LlamaModel model = await LlamaModel.LoadAsync(path);
        Assert.That((model.Name, model.VocabularySize, model.EmbeddingLength), Is.EqualTo(("written", 260, 8)));
    }

    [Test]
    public void A_disk_that_fails_leaves_the_older_file_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.gguf", [1, 2, 3]);
        GgufWriter writer = new GgufWriter("llama").SetTensor("a", [4], new float[4]).SetTensor("b", GgmlType.F32, [4], _ => throw new IOException("No space left on device"));
        TuningException e = Assert.Throws<TuningException>(() => writer.Write(path))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(e.Failure, Is.EqualTo(TuningFailure.NotWritten));
            Assert.That(e.Message, Does.Contain(path).And.Contain("No space left"));
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
            Assert.That(() => writer.Write(Path.Combine(folder.Path, "absent", "x.gguf")), Throws.TypeOf<TuningException>());
            Assert.That(() => writer.Write(path, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
        }
    }

    [Test]
    public void What_the_format_cannot_hold_is_refused()
    {
        GgufWriter writer = new("llama");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new GgufWriter("llama", 48), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => writer.Set("", 1), Throws.ArgumentException);
            Assert.That(() => writer.Set("a\n", 1), Throws.ArgumentException);
            Assert.That(() => writer.Set("a", 'c'), Throws.ArgumentException);
            Assert.That(() => writer.Set("a", "\ud800"), Throws.InstanceOf<ArgumentException>());
            Assert.That(() => writer.Set("general.alignment", 64u), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor(new string('n', 64), [1], new float[1]), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor("a", [], new float[1]), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor("a", [2, 2], new float[3]), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor("a", GgmlType.Q8_0, [33], new byte[34]), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor("a", GgmlType.F32, [long.MaxValue, 4], _ => { }), Throws.ArgumentException);
            Assert.That(() => writer.SetTensor("a", GgmlType.F32, [1], s => s.Write(new byte[5])).Write(Stream.Null), Throws.InvalidOperationException);
            Assert.That(() => writer.SetTensor("a", GgmlType.F32, [1], s => s.Write(new byte[3])).Write(Stream.Null), Throws.InvalidOperationException);
        }
    }

    private static bool HasLoneSurrogate(string text) => text.EnumerateRunes().Any(r => r.Value == 0xFFFD);
}
