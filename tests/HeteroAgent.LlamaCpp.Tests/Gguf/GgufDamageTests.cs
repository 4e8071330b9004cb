using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufDamageTests
{
    [Test]
    public void An_empty_file() => Expect([], GgufError.NotGguf, "empty");

    [Test]
    public void Another_format() => Expect([.. "PK\u0003\u0004"u8, .. new byte[40]], GgufError.NotGguf, "ZIP");

    [Test]
    public void A_pointer_instead_of_the_model() => Expect([.. "version https://git-lfs"u8], GgufError.NotGguf, "LFS");

    [Test]
    public void A_header_cut_short() => Expect([.. "GGUF"u8, 3, 0], GgufError.Truncated, "24");

    [TestCase(1u, GgufError.UnsupportedVersion, "version 1")]
    [TestCase(4u, GgufError.UnsupportedVersion, "2 and 3")]
    [TestCase(0x03000000u, GgufError.UnsupportedByteOrder, "big-endian")]
    public void A_foreign_version(uint version, GgufError error, string message)
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Version = version;
        Expect(builder.Write(), error, message);
    }

    [Test]
    public void A_count_that_the_file_cannot_hold_is_refused_without_allocating()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.PairCount = ulong.MaxValue;
        Expect(builder.Write(), GgufError.Truncated, "metadata pairs");
        builder.PairCount = null;
        builder.TensorCount = 1UL << 60;
        byte[] file = builder.Write();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Expect(file, GgufError.Truncated, "tensors");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void An_array_that_the_file_cannot_hold()
    {
        byte[] file = GgufSamples.Llama().With("x", new GgufArray(GgufValueType.Float64, [1.0])).Without("general.name").Write();
        int at = file.AsSpan().IndexOf((byte[])[(byte)'x', 9, 0, 0, 0, 12, 0, 0, 0]);
        file.AsSpan(at + 9, 8).Fill(0x7F);
        Expect(file, GgufError.Truncated, "'x' announces");
    }

    [Test]
    public void A_string_longer_than_the_file()
    {
        byte[] file = GgufSamples.LlamaBytes[..];
        file.AsSpan(24, 8).Fill(0xFF);
        GgufException e = Expect(file, GgufError.Truncated, "key claims a length");
        Assert.That(e.Offset, Is.EqualTo(24));
    }

    [Test]
    public void Invalid_UTF8() => Expect(GgufSamples.Llama().With("general.name", "\u00ff\u00fe").Write(), GgufError.Malformed, "UTF-8");

    [Test]
    public void A_key_twice()
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Pairs.Add(builder.Pairs[1]);
        Expect(builder.Write(), GgufError.Malformed, "'general.name' occurs twice");
    }

    [Test]
    public void An_unknown_value_type()
    {
        GgufBuilder builder = new();
        builder.Pairs.Add(new("k", (GgufValueType)13, (byte)0));
        Expect([.. builder.Write(), .. new byte[64]], GgufError.Malformed, "type 13");
    }

    [Test]
    public void An_array_of_arrays() =>
        Expect(new GgufBuilder().With("k", new GgufArray(GgufValueType.Array, [new GgufArray(GgufValueType.UInt8, [(byte)1])])).Write(), GgufError.Malformed, "array of arrays");

    [Test]
    public void A_boolean_that_is_neither()
    {
        GgufBuilder builder = new();
        builder.Pairs.Add(new("k", GgufValueType.Boolean, new byte[] { 2 }));
        Expect(builder.Write(), GgufError.Malformed, "boolean");
    }

    [TestCase(0u)]
    [TestCase(4u)]
    [TestCase(48u)]
    [TestCase(1u << 30)]
    [TestCase("32")]
    public void An_odd_alignment(object alignment) =>
        Expect(GgufSamples.Llama().With("general.alignment", alignment).Write(), GgufError.Malformed, "power of two");

    [Test]
    public void A_wider_alignment_is_read()
    {
        GgufBuilder builder = GgufSamples.Llama().With("general.alignment", 256u);
        builder.Alignment = 256;
        GgufFile file = builder.Read();
        Assert.That(file.DataOffset % 256, Is.Zero);
        Assert.That(file.RequireRunnable, Throws.Nothing);
    }

    [TestCase(new ulong[0], "0 dimensions")]
    [TestCase(new ulong[] { 1, 1, 1, 1, 1 }, "5 dimensions")]
    [TestCase(new ulong[] { 8, 0 }, "dimension 1")]
    [TestCase(new ulong[] { 8, ulong.MaxValue }, "dimension 1")]
    [TestCase(new ulong[] { 1UL << 32, 1UL << 32 }, "does not fit")]
    public void An_impossible_shape(ulong[] shape, string message) => Expect(WithFirst(t => t with { Shape = shape }), GgufError.Malformed, message);

    [TestCase(4u)]
    [TestCase(36u)]
    [TestCase(1000u)]
    public void An_unknown_tensor_type(uint type) => Expect(WithFirst(t => t with { Type = type }), GgufError.UnsupportedTensorType, $"type {type}");

    [Test]
    public void A_row_that_is_no_whole_number_of_blocks() => Expect(WithFirst(t => t with { Type = 8 }), GgufError.Malformed, "blocks of 32");

    [Test]
    public void A_tensor_twice() => Expect(WithFirst(t => t with { Name = "output_norm.weight" }), GgufError.Malformed, "occurs twice");

    [Test]
    public void A_tensor_name_that_ggml_would_cut() => Expect(WithFirst(t => t with { Name = new string('n', 64) }), GgufError.Malformed, "1 to 63");

    [TestCase(8UL)]
    [TestCase(1UL << 40)]
    [TestCase(ulong.MaxValue)]
    public void A_tensor_in_the_wrong_place(ulong offset) => Expect(WithFirst(t => t with { Offset = offset }), GgufError.Malformed, "token_embd.weight");

    [Test]
    public void A_file_cut_in_its_data_says_how_much_is_missing()
    {
        GgufException e = Expect(GgufSamples.LlamaBytes[..^100], GgufError.Truncated, "100 bytes are missing");
        Assert.That(e.Offset, Is.EqualTo(GgufSamples.LlamaBytes.Length - 100));
    }

    [Test]
    public void The_path_is_in_the_message()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.gguf");
        File.WriteAllBytes(path, GgufSamples.LlamaBytes[..100]);
        try
        {
            GgufException e = Assert.Throws<GgufException>(() => GgufFile.Read(path))!;
            Assert.That(e.Path, Is.EqualTo(path));
            Assert.That(e.Message, Does.Contain(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] WithFirst(Func<GgufTensorSpec, GgufTensorSpec> change)
    {
        GgufBuilder builder = GgufSamples.Llama();
        builder.Tensors[0] = change(builder.Tensors[0]);
        return builder.Write();
    }

    private static GgufException Expect(byte[] file, GgufError error, string message)
    {
        GgufException e = GgufSamples.Refused(file);
        Assert.That(e.Error, Is.EqualTo(error), e.Message);
        Assert.That(e.Message, Does.Contain(message));
        return e;
    }
}
