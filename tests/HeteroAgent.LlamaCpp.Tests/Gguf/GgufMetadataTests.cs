using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufMetadataTests
{
    private static readonly GgufMetadata Metadata = new GgufBuilder()
        .With("u8", (byte)200).With("i8", (sbyte)-3).With("u16", (ushort)65535).With("i16", (short)-1).With("u32", uint.MaxValue).With("i32", -7)
        .With("u64", ulong.MaxValue).With("i64", long.MinValue).With("f32", 0.5f).With("f64", 0.25).With("yes", true).With("text", GgufBuilder.Latin("größe 😀"))
        .With("ints", new GgufArray(GgufValueType.Int16, [(short)-1, (short)2])).With("flags", new GgufArray(GgufValueType.Boolean, [true, false]))
        .With("texts", new GgufArray(GgufValueType.String, ["", "b"])).With("doubles", new GgufArray(GgufValueType.Float64, [1.5]))
        .With("none", new GgufArray(GgufValueType.UInt32, [])).With("big", new GgufArray(GgufValueType.UInt64, [ulong.MaxValue]))
        .With("noTexts", new GgufArray(GgufValueType.String, []))
        .Read().Metadata;

    [TestCase("u8", 200)]
    [TestCase("i8", -3)]
    [TestCase("u16", 65535)]
    [TestCase("i16", -1)]
    [TestCase("u32", 4294967295)]
    [TestCase("i32", -7)]
    [TestCase("i64", long.MinValue)]
    public void Integers_of_every_width(string key, long expected)
    {
        Assert.That(Metadata.TryGetInt64(key, out long number), Is.True);
        Assert.That(number, Is.EqualTo(expected));
        Assert.That(Metadata.TryGetUInt64(key, out ulong unsigned), Is.EqualTo(expected >= 0));
        Assert.That(unsigned, Is.EqualTo(expected >= 0 ? (ulong)expected : 0));
    }

    [Test]
    public void The_largest_integer_has_no_sign()
    {
        Assert.That(Metadata.TryGetUInt64("u64", out ulong number), Is.True);
        Assert.That(number, Is.EqualTo(ulong.MaxValue));
        Assert.That(Metadata.TryGetInt64("u64", out _), Is.False);
        Assert.That(Metadata.TryGetIntegers("big", out _), Is.False);
    }

    [Test]
    public void Texts_numbers_and_truth_values()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Metadata.TryGetString("text", out string? text) ? text : null, Is.EqualTo("größe 😀"));
            Assert.That(Metadata.TryGetFloat("f32", out float single) ? single : 0, Is.EqualTo(0.5f));
            Assert.That(Metadata.TryGetFloat("f64", out float wide) ? wide : 0, Is.EqualTo(0.25f));
            Assert.That(Metadata.TryGetBoolean("yes", out bool flag) && flag, Is.True);
        }
    }

    [Test]
    public void Arrays()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Metadata.TryGetIntegers("ints", out IReadOnlyList<long>? ints) ? ints : null, Is.EqualTo(new long[] { -1, 2 }));
            Assert.That(Metadata.TryGetIntegers("none", out IReadOnlyList<long>? none) ? none : null, Is.Empty);
            Assert.That(Metadata.TryGetIntegers("noTexts", out _), Is.False);
            Assert.That(Metadata.TryGetBooleans("flags", out IReadOnlyList<bool>? flags) ? flags : null, Is.EqualTo(new[] { true, false }));
            Assert.That(Metadata.TryGetStrings("texts", out IReadOnlyList<string>? texts) ? texts : null, Is.EqualTo(new[] { "", "b" }));
            Assert.That(Metadata.TryGetFloats("doubles", out IReadOnlyList<float>? doubles) ? doubles : null, Is.EqualTo(new[] { 1.5f }));
            Assert.That(Metadata.TryGetArrayLength("ints", out GgufValueType element, out int length) ? (element, length) : default, Is.EqualTo((GgufValueType.Int16, 2)));
        }
    }

    [Test]
    public void Another_type_or_an_absent_key_answers_false()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Metadata.TryGetString("u8", out _), Is.False);
            Assert.That(Metadata.TryGetInt64("text", out _), Is.False);
            Assert.That(Metadata.TryGetInt64("yes", out _), Is.False);
            Assert.That(Metadata.TryGetInt64("ints", out _), Is.False);
            Assert.That(Metadata.TryGetStrings("ints", out _), Is.False);
            Assert.That(Metadata.TryGetFloat("absent", out _), Is.False);
            Assert.That(Metadata.Contains("U8"), Is.False);
        }
    }
}
