using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class GgufTensorDataTests
{
    /// <summary>What each type keeps of normally distributed numbers: a bound on the root of the mean squared error, from the formats' bits.</summary>
    [TestCase(GgmlType.F32, 0.0)]
    [TestCase(GgmlType.F16, 3e-4)]
    [TestCase(GgmlType.BF16, 3e-3)]
    [TestCase(GgmlType.Q8_0, 8e-3)]
    [TestCase(GgmlType.Q6_K, 0.03)]
    [TestCase(GgmlType.Q5_1, 0.06)]
    [TestCase(GgmlType.Q5_0, 0.06)]
    [TestCase(GgmlType.Q5_K, 0.06)]
    [TestCase(GgmlType.Q4_1, 0.1)]
    [TestCase(GgmlType.Q4_0, 0.12)]
    [TestCase(GgmlType.Q4_K, 0.1)]
    [TestCase(GgmlType.IQ4_NL, 0.12)]
    [TestCase(GgmlType.IQ4_XS, 0.12)]
    [TestCase(GgmlType.Q3_K, 0.25)]
    [TestCase(GgmlType.Q2_K, 0.45)]
    public void Quantised_rows_come_back_nearly_equal(GgmlType type, double bound)
    {
        const int RowLength = 512;
        const int Rows = 6;
        Random random = new(3);
        float[] numbers = [.. Enumerable.Range(0, Rows * RowLength).Select(_ => Gaussian(random))];
        GgmlTypeLayout.TryGet((uint)type, out int blockLength, out int blockSize);
        byte[] data = new byte[numbers.Length / blockLength * blockSize];
        Assert.That(GgmlTypeTraits.Quantize(type, numbers, RowLength, data), Is.EqualTo(data.Length));

        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "t.gguf");
        new GgufWriter("llama").SetTensor("first", [3], new float[3]).SetTensor("w", type, [RowLength, 3, 2], data).Write(path);
        using GgufTensorData read = new(GgufFile.Read(path));
        IRowSource rows = read.Find("w")!;
        float[] whole = new float[numbers.Length];
        rows.ReadRows(0, rows.Rows, whole);
        float[] part = new float[2 * RowLength];
        rows.ReadRows(3, 2, part);
        double error = Math.Sqrt(whole.Zip(numbers, (a, b) => (a - b) * (double)(a - b)).Average());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((rows.Rows, rows.Columns), Is.EqualTo((Rows, RowLength)));
            Assert.That(error, Is.LessThanOrEqualTo(bound));
            Assert.That(part, Is.EqualTo(whole.Skip(3 * RowLength).Take(2 * RowLength)));
        }
    }

    [Test]
    public void Q8_0_and_F16_are_the_numbers_that_their_definitions_give()
    {
        string path = SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        GgufFile file = GgufFile.Read(path);
        GgufTensor tensor = file.Tensors.First(t => t.Type == GgmlType.Q8_0);
        using GgufTensorData data = new(file);
        int columns = (int)tensor.Shape[0];
        float[] row = new float[columns];
        data.ReadRows(tensor, 1, 1, row);
        byte[] bytes = new byte[columns / 32 * 34];
        using (FileStream stream = File.OpenRead(path))
        {
            stream.Position = file.DataOffset + tensor.Offset + bytes.Length;
            stream.ReadExactly(bytes);
        }

        float[] expected = [.. Enumerable.Range(0, columns).Select(i => (float)BitConverter.ToHalf(bytes, i / 32 * 34) * (sbyte)bytes[(i / 32 * 34) + 2 + (i % 32)])];
        Assert.That(row, Is.EqualTo(expected));
    }

    [Test]
    public void Q4_1_rows_are_the_numbers_that_the_definition_gives()
    {
        string path = Models.SmolLM2Path;
        GgufFile file = GgufFile.Read(path);
        GgufTensor tensor = file.Tensors.First(t => t.Type == GgmlType.Q4_1);
        using GgufTensorData data = new(file);
        int columns = (int)tensor.Shape[0];
        float[] row = new float[columns];
        data.ReadRows(tensor, 3, 1, row);
        byte[] bytes = new byte[columns / 32 * 20];
        using (FileStream stream = File.OpenRead(path))
        {
            stream.Position = file.DataOffset + tensor.Offset + (3 * bytes.Length);
            stream.ReadExactly(bytes);
        }

        // A block is a scale, a minimum and 16 bytes: the low halves are its first 16 numbers, the high halves the others.
        float[] expected = [.. Enumerable.Range(0, columns).Select(i =>
        {
            int block = i / 32 * 20;
            int nibble = (bytes[block + 4 + (i % 16)] >> (i % 32 / 16 * 4)) & 15;
            return ((float)BitConverter.ToHalf(bytes, block) * nibble) + (float)BitConverter.ToHalf(bytes, block + 2);
        })];
        Assert.That(row, Is.EqualTo(expected).Within(1).Ulps);
        Assert.That(row.Distinct().Count(), Is.GreaterThan(50));
    }

    [Test]
    public void Many_threads_read_the_same()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "starter", "snips.gguf"));
        using GgufTensorData data = new(file);
        IRowSource rows = data.Find("token_embd.weight")!;
        float[] whole = new float[rows.Rows * rows.Columns];
        rows.ReadRows(0, rows.Rows, whole);
        Parallel.For(0, rows.Rows, i =>
        {
            float[] row = new float[rows.Columns];
            rows.ReadRows(i, 1, row);
            if (!row.AsSpan().SequenceEqual(whole.AsSpan(i * rows.Columns, rows.Columns)))
            {
                throw new InvalidOperationException($"Row {i} differs.");
            }
        });
        Assert.That(whole.Any(v => v != 0));
    }

    [Test]
    public void Rows_that_are_not_there_are_refused()
    {
        using TemporaryFolder folder = new();
        GgufFile file = GgufFile.Read(folder.File("m.gguf", GgufSamples.LlamaBytes));
        GgufTensorData data = new(file);
        GgufTensor tensor = file.Tensors[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(data.Find("absent"), Is.Null);
            Assert.That(() => data.ReadRows(tensor, 260, 1, new float[8]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => data.ReadRows(tensor, -1, 1, new float[8]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => data.ReadRows(tensor, 0, 2, new float[15]), Throws.ArgumentException);
            data.Dispose();
            Assert.That(() => data.ReadRows(tensor, 0, 1, new float[8]), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
