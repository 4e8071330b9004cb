using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Prop = FsCheck.Fluent.Prop;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>What a file must be before the native library sees its state.</summary>
public sealed class PrefixFileTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, PrefixKey.Length).Select(i => (byte)i)];
    private static readonly int[] Tokens = [1, 300, 70_000, 5];
    private static readonly byte[] Whole = Sealed(Tokens, [.. Enumerable.Range(0, 200).Select(i => (byte)(i * 7))]);

    private static byte[] Sealed(int[] tokens, byte[] state)
    {
        byte[] file = PrefixFile.Create(Key, tokens, state.Length)!;
        state.CopyTo(PrefixFile.State(file));
        PrefixFile.Seal(file);
        return file;
    }

    [Test]
    public void What_is_written_is_read()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("a.prefix", Whole);
        Assert.That(PrefixFile.ReadTokens(path, Key), Is.EqualTo(Tokens));
        byte[] read = PrefixFile.Read(path, Key, Tokens)!;
        Assert.That(PrefixFile.State(read).ToArray(), Is.EqualTo(Enumerable.Range(0, 200).Select(i => (byte)(i * 7))));
    }

    [Test]
    public void A_changed_bit_anywhere_is_noticed()
    {
        using TemporaryFolder folder = new();
        Prop.ForAll(Gen.Choose(0, (8 * Whole.Length) - 1).ToArbitrary(), bit =>
        {
            byte[] damaged = [.. Whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            return PrefixFile.Read(folder.File("b.prefix", damaged), Key, Tokens) is null;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_file_of_any_other_length_is_noticed_at_both_readings()
    {
        using TemporaryFolder folder = new();
        for (int length = 0; length < Whole.Length; length += 3)
        {
            string path = folder.File("c.prefix", Whole[..length]);
            Assert.That(PrefixFile.Read(path, Key, Tokens), Is.Null, $"{length} bytes");
            Assert.That(PrefixFile.ReadTokens(path, Key), Is.Null, $"{length} bytes");
        }

        Assert.That(PrefixFile.ReadTokens(folder.File("d.prefix", [.. Whole, 0]), Key), Is.Null);
    }

    [Test]
    public void Garbage_is_no_prefix()
    {
        using TemporaryFolder folder = new();
        Prop.ForAll<byte[]>(bytes =>
        {
            string path = folder.File("e.prefix", bytes);
            return PrefixFile.ReadTokens(path, Key) is null && PrefixFile.Read(path, Key, Tokens) is null;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_sound_file_under_another_key_or_of_other_tokens_is_not_used()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("f.prefix", Whole);
        byte[] other = [.. Key];
        other[^1]++;
        Assert.That(PrefixFile.ReadTokens(path, other), Is.Null);
        Assert.That(PrefixFile.Read(path, other, Tokens), Is.Null);
        Assert.That(PrefixFile.Read(path, Key, [1, 300, 70_000, 6]), Is.Null);
    }
}
