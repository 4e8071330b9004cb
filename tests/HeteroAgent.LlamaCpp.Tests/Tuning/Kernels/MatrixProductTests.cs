using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Matrix products against a plain double loop in 64 bits.</summary>
[TestFixture]
internal sealed unsafe class MatrixProductTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Test]
    public void Any_sizes_strides_and_transposes_give_the_plain_product() => Prop.ForAll(Seeds, seed =>
    {
        Random random = new(seed);

        // Now and then deeper than what is packed at once, and smaller than a tile.
        int inner = random.Next(4) == 0 ? random.Next(500, 1100) : random.Next(1, 70);
        Check(random, random.Next(1, 40), random.Next(1, 75), inner);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [TestCase(12, 32, 512)]
    [TestCase(13, 33, 513)]
    [TestCase(1, 1, 1)]
    [TestCase(11, 31, 1025)]
    [TestCase(24, 64, 8)]
    public void Whole_and_broken_tiles_give_the_plain_product(int rows, int columns, int inner) => Check(new Random(rows + columns), rows, columns, inner);

    [Test]
    public void The_portable_tile_gives_the_plain_product() => Prop.ForAll(Seeds, seed =>
    {
        Random random = new(seed);
        (int rows, int columns, int depth) = (MatrixTile.Rows, MatrixTile.Columns, random.Next(0, 200));
        Matrix a = new(random, rows, depth);
        Matrix b = new(random, depth, columns, transposed: false, gap: 0);
        Matrix c = new(random, rows, columns, transposed: false, gap: random.Next(5));
        double[] expected = Product(a, b, c);
        fixed (float* left = a.Values, right = b.Values, target = c.Values)
        {
            MatrixTile.Add(left, a.Row, a.Column, right, depth, target, c.Row);
        }

        RequireProduct(c, expected, depth);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Test]
    public void The_wide_tile_gives_the_plain_product() => Prop.ForAll(Seeds, seed =>
    {
        Random random = new(seed);
        int depth = random.Next(0, 200);
        Matrix a = new(random, WideMatrixTile.Rows, depth);
        Matrix b = new(random, depth, WideMatrixTile.Columns, transposed: false, gap: 0);
        Matrix c = new(random, WideMatrixTile.Rows, WideMatrixTile.Columns, transposed: false, gap: random.Next(5));
        double[] expected = Product(a, b, c);
        fixed (float* left = a.Values, right = b.Values, target = c.Values)
        {
            WideMatrixTile.Add(left, a.Row, a.Column, right, depth, target, c.Row);
        }

        RequireProduct(c, expected, depth);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static void Check(Random random, int rows, int columns, int inner)
    {
        Matrix a = new(random, rows, inner);
        Matrix b = new(random, inner, columns);
        Matrix c = new(random, rows, columns, transposed: false, gap: random.Next(5));
        double[] expected = Product(a, b, c);
        float[] pack = GC.AllocateUninitializedArray<float>(MatrixProduct.PackLength, pinned: true);
        fixed (float* left = a.Values, right = b.Values, target = c.Values, room = pack)
        {
            MatrixProduct.Add(new(left, a.Row, a.Column), new(right, b.Row, b.Column), target, c.Row, rows, columns, inner, room);
        }

        RequireProduct(c, expected, inner);
    }

    private static double[] Product(Matrix a, Matrix b, Matrix c)
    {
        // What stands between c's rows must stay.
        double[] expected = [.. c.Values.Select(v => (double)v)];
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                for (int k = 0; k < a.Columns; k++)
                {
                    expected[(i * c.Row) + j] += (double)a[i, k] * b[k, j];
                }
            }
        }

        return expected;
    }

    private static void RequireProduct(Matrix c, double[] expected, int inner)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(c.Values[i] - expected[i]) <= 1e-6 * (inner + 1)))
            {
                throw new InvalidOperationException($"{c.Rows} by {c.Columns} over {inner}: number {i} is {c.Values[i]}, not {expected[i]}.");
            }
        }
    }

    private sealed class Matrix
    {
        internal Matrix(Random random, int rows, int columns)
            : this(random, rows, columns, random.Next(2) == 0, random.Next(5))
        {
        }

        internal Matrix(Random random, int rows, int columns, bool transposed, int gap)
        {
            (Rows, Columns) = (rows, columns);
            (Row, Column) = transposed ? (1, rows + gap) : (columns + gap, 1);
            Values = [.. Enumerable.Range(0, Math.Max(1, (transposed ? columns : rows) * Math.Max(Row, Column))).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        }

        internal int Rows { get; }

        internal int Columns { get; }

        internal int Row { get; }

        internal int Column { get; }

        internal float[] Values { get; }

        internal float this[int i, int j] => Values[(i * Row) + (j * Column)];
    }
}
