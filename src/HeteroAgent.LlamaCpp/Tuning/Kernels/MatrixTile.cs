using System.Numerics;
using System.Runtime.CompilerServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The innermost product in vectors of the machine's own width (256 bits with AVX2, 128 with NEON): six rows by two vectors, which fits sixteen registers.</summary>
internal static unsafe class MatrixTile
{
    internal const int Rows = 6;

    /// <summary>Gets the columns of a tile: two vectors.</summary>
    internal static int Columns => 2 * Vector<float>.Count;

    /// <summary>Adds a·b to c. Row i of a starts at <c>a + i·rowStride</c> and goes on by <paramref name="step"/>; b is packed, two vectors a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(float* a, nint rowStride, nint step, float* b, nint depth, float* c, nint targetStride)
    {
        Vector<float> c0a = Vector<float>.Zero, c0b = Vector<float>.Zero;
        Vector<float> c1a = Vector<float>.Zero, c1b = Vector<float>.Zero;
        Vector<float> c2a = Vector<float>.Zero, c2b = Vector<float>.Zero;
        Vector<float> c3a = Vector<float>.Zero, c3b = Vector<float>.Zero;
        Vector<float> c4a = Vector<float>.Zero, c4b = Vector<float>.Zero;
        Vector<float> c5a = Vector<float>.Zero, c5b = Vector<float>.Zero;
        float* a3 = a + (3 * rowStride);
        for (nint k = 0; k < depth; k++)
        {
            Vector<float> b0 = Vector.Load(b);
            Vector<float> b1 = Vector.Load(b + Vector<float>.Count);
            Vector<float> x;
            x = Vector.Create(a[0]);
            c0a = Vector.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector.FusedMultiplyAdd(x, b1, c0b);
            x = Vector.Create(a[rowStride]);
            c1a = Vector.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector.FusedMultiplyAdd(x, b1, c1b);
            x = Vector.Create(a[2 * rowStride]);
            c2a = Vector.FusedMultiplyAdd(x, b0, c2a);
            c2b = Vector.FusedMultiplyAdd(x, b1, c2b);
            x = Vector.Create(a3[0]);
            c3a = Vector.FusedMultiplyAdd(x, b0, c3a);
            c3b = Vector.FusedMultiplyAdd(x, b1, c3b);
            x = Vector.Create(a3[rowStride]);
            c4a = Vector.FusedMultiplyAdd(x, b0, c4a);
            c4b = Vector.FusedMultiplyAdd(x, b1, c4b);
            x = Vector.Create(a3[2 * rowStride]);
            c5a = Vector.FusedMultiplyAdd(x, b0, c5a);
            c5b = Vector.FusedMultiplyAdd(x, b1, c5b);
            b += Columns;
            a += step;
            a3 += step;
        }

        Store(c, c0a, c0b);
        Store(c + (1 * targetStride), c1a, c1b);
        Store(c + (2 * targetStride), c2a, c2b);
        Store(c + (3 * targetStride), c3a, c3b);
        Store(c + (4 * targetStride), c4a, c4b);
        Store(c + (5 * targetStride), c5a, c5b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector<float> left, Vector<float> right)
    {
        (Vector.Load(c) + left).Store(c);
        (Vector.Load(c + Vector<float>.Count) + right).Store(c + Vector<float>.Count);
    }
}
