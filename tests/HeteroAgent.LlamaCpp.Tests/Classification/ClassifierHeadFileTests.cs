using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ClassifierHeadFileTests
{
    private static readonly HashedEmbeddingGenerator Encoder = new(dimensions: 32);
    private ClassifierHead _head = null!;
    private byte[] _file = null!;

    [OneTimeSetUp]
    public async Task Train()
    {
        _head = await ClassifierTrainer.TrainAsync(ClassifierTrainerTests.Examples(20), Encoder);
        _file = ClassifierHeadFile.ToBytes(_head);
    }

    [TestCase(ClassifierPrecision.EightBits)]
    [TestCase(ClassifierPrecision.SixteenBits)]
    public async Task A_saved_head_answers_as_before_and_is_saved_the_same(ClassifierPrecision precision)
    {
        ClassifierHead head = await ClassifierTrainer.TrainAsync(ClassifierTrainerTests.Examples(20), Encoder, new ClassifierTrainingOptions { Precision = precision });
        using TemporaryFolder folder = new();
        string path = System.IO.Path.Combine(folder.Path, "subject.head");
        await File.WriteAllTextAsync(path, "what was there");
        Assert.That(await head.SaveAsync(path), Is.EqualTo(new FileInfo(path).Length));
        ClassifierHead loaded = await ClassifierHead.LoadAsync(path);
        Assert.That(ClassifierHeadFile.ToBytes(loaded), Is.EqualTo(await File.ReadAllBytesAsync(path)));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1), "nothing is left beside it");
        Assert.That(loaded.HeldOut, Is.EqualTo(head.HeldOut));
        using TextClassifier before = await TextClassifier.CreateAsync(Encoder, [head]);
        using TextClassifier after = await TextClassifier.CreateAsync(Encoder, [loaded]);
        Assert.That((await after.ClassifyAsync("card stolen late")).Ranked, Is.EqualTo((await before.ClassifyAsync("card stolen late")).Ranked));
    }

    [Test]
    public void A_changed_byte_a_cut_and_a_foreign_file_are_told_apart()
    {
        Prop.ForAll(Arb.From(Gen.Choose(0, _file.Length - 1)), at =>
        {
            byte[] changed = [.. _file];
            changed[at] ^= 0x40;
            ClassifierHeadError expected = at < 4 ? ClassifierHeadError.NotAHead : at < 8 ? ClassifierHeadError.UnsupportedVersion : ClassifierHeadError.Damaged;
            Assert.That(Read(changed), at is >= 8 and < 16 ? Is.AnyOf(ClassifierHeadError.Damaged, ClassifierHeadError.Truncated) : Is.EqualTo(expected), $"byte {at}");
            Assert.That(Read(_file[..at]), at < 4 ? Is.AnyOf(ClassifierHeadError.NotAHead, ClassifierHeadError.Truncated) : Is.EqualTo(ClassifierHeadError.Truncated), $"cut at {at}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.That(Read("GGUF and more than sixteen bytes"u8.ToArray()), Is.EqualTo(ClassifierHeadError.NotAHead));
        Assert.That(Read([.. _file, 0]), Is.EqualTo(ClassifierHeadError.Damaged));
    }

    [Test]
    public void A_hostile_file_with_a_right_checksum_is_damaged_too()
    {
        Random random = new(4);
        for (int i = 0; i < 300; i++)
        {
            byte[] content = _file[16..^32];
            for (int changes = 0; changes < 3; changes++)
            {
                content[random.Next(Math.Min(content.Length, 120))] = (byte)random.Next(256);
            }

            byte[] all = [.. _file[..16], .. content];
            byte[] forged = [.. all, .. System.Security.Cryptography.SHA256.HashData(all)];
            Assert.That(() => Read(forged), Throws.Nothing);
        }
    }

    [Test]
    public async Task Another_encoder_is_refused_by_length_and_by_what_it_answers()
    {
        using HashedEmbeddingGenerator longer = new("longer", dimensions: 64);
        using HashedEmbeddingGenerator other = new("other", dimensions: 32, seed: 99);
        Assert.That(async () => await TextClassifier.CreateAsync(longer, [_head]), Throws.InstanceOf<ClassifierHeadException>().With.Property("Error").EqualTo(ClassifierHeadError.OtherEncoder).And.Message.Contains("32").And.Message.Contains("64"));
        Assert.That(async () => await TextClassifier.CreateAsync(other, [_head]), Throws.InstanceOf<ClassifierHeadException>().With.Property("Error").EqualTo(ClassifierHeadError.OtherEncoder).And.Message.Contains("'hashed'").And.Message.Contains("'other'"));
        Assert.That(async () => await TextClassifier.CreateAsync(Encoder, []), Throws.ArgumentException);
        using TextClassifier same = await TextClassifier.CreateAsync(Encoder, [_head]);
        Assert.That(same.Heads, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Several_heads_share_one_pass()
    {
        using HashedEmbeddingGenerator counting = new(dimensions: 32);
        ClassifierHead urgent = await ClassifierTrainer.TrainAsync([("now at once", "urgent"), ("at once please", "urgent"), ("some day", "later"), ("no hurry some day", "later")], Encoder);
        using TextClassifier classifier = await TextClassifier.CreateAsync(counting, [_head, urgent]);
        int before = counting.TextCount;
        IReadOnlyList<Classification> found = await classifier.ClassifyAllAsync("card stolen act now at once");
        Assert.That(counting.TextCount - before, Is.EqualTo(1));
        Assert.That(found.Select(f => f.Label), Is.EqualTo(new[] { "lost_card", "urgent" }));
        classifier.Dispose();
        Assert.That(async () => await classifier.ClassifyAsync("x"), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void A_file_that_cannot_be_written_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        string path = System.IO.Path.Combine(folder.Path, "missing", "a.head");
        Assert.That(async () => await _head.SaveAsync(path), Throws.InstanceOf<IOException>());
        Assert.That(async () => await ClassifierHead.LoadAsync(path), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }

    private static ClassifierHeadError? Read(byte[] file)
    {
        try
        {
            using MemoryStream stream = new(file);
            _ = ClassifierHeadFile.ReadAsync(stream, null, CancellationToken.None).GetAwaiter().GetResult();
            return null;
        }
        catch (ClassifierHeadException e)
        {
            return e.Error;
        }
    }
}
