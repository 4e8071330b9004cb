using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HeteroAgent.LlamaCpp;

/// <summary>The innermost product for machines with 512-bit vectors: twelve rows by thirty-two columns, held in 24 of the 32 registers.</summary>
internal static unsafe class WideMatrixTile
{
    internal const int Rows = 12;
    internal const int Columns = 32;

    /// <summary>Adds a·b to c. Row i of a starts at <c>a + i·rowStride</c> and goes on by <paramref name="step"/>; b is packed, 32 columns a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(float* a, nint rowStride, nint step, float* b, nint depth, float* c, nint targetStride)
    {
        Vector512<float> c0a = Vector512<float>.Zero, c0b = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero, c1b = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero, c2b = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero, c3b = Vector512<float>.Zero;
        Vector512<float> c4a = Vector512<float>.Zero, c4b = Vector512<float>.Zero;
        Vector512<float> c5a = Vector512<float>.Zero, c5b = Vector512<float>.Zero;
        Vector512<float> c6a = Vector512<float>.Zero, c6b = Vector512<float>.Zero;
        Vector512<float> c7a = Vector512<float>.Zero, c7b = Vector512<float>.Zero;
        Vector512<float> c8a = Vector512<float>.Zero, c8b = Vector512<float>.Zero;
        Vector512<float> c9a = Vector512<float>.Zero, c9b = Vector512<float>.Zero;
        Vector512<float> c10a = Vector512<float>.Zero, c10b = Vector512<float>.Zero;
        Vector512<float> c11a = Vector512<float>.Zero, c11b = Vector512<float>.Zero;
        float* a0 = a, a3 = a + (3 * rowStride), a6 = a + (6 * rowStride), a9 = a + (9 * rowStride);
        for (nint k = 0; k < depth; k++)
        {
            Vector512<float> b0 = Vector512.Load(b);
            Vector512<float> b1 = Vector512.Load(b + 16);
            Vector512<float> x;
            x = Vector512.Create(a0[0]);
            c0a = Vector512.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, b1, c0b);
            x = Vector512.Create(a0[rowStride]);
            c1a = Vector512.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, b1, c1b);
            x = Vector512.Create(a0[2 * rowStride]);
            c2a = Vector512.FusedMultiplyAdd(x, b0, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, b1, c2b);
            x = Vector512.Create(a3[0]);
            c3a = Vector512.FusedMultiplyAdd(x, b0, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, b1, c3b);
            x = Vector512.Create(a3[rowStride]);
            c4a = Vector512.FusedMultiplyAdd(x, b0, c4a);
            c4b = Vector512.FusedMultiplyAdd(x, b1, c4b);
            x = Vector512.Create(a3[2 * rowStride]);
            c5a = Vector512.FusedMultiplyAdd(x, b0, c5a);
            c5b = Vector512.FusedMultiplyAdd(x, b1, c5b);
            x = Vector512.Create(a6[0]);
            c6a = Vector512.FusedMultiplyAdd(x, b0, c6a);
            c6b = Vector512.FusedMultiplyAdd(x, b1, c6b);
            x = Vector512.Create(a6[rowStride]);
            c7a = Vector512.FusedMultiplyAdd(x, b0, c7a);
            c7b = Vector512.FusedMultiplyAdd(x, b1, c7b);
            x = Vector512.Create(a6[2 * rowStride]);
            c8a = Vector512.FusedMultiplyAdd(x, b0, c8a);
            c8b = Vector512.FusedMultiplyAdd(x, b1, c8b);
            x = Vector512.Create(a9[0]);
            c9a = Vector512.FusedMultiplyAdd(x, b0, c9a);
            c9b = Vector512.FusedMultiplyAdd(x, b1, c9b);
            x = Vector512.Create(a9[rowStride]);
            c10a = Vector512.FusedMultiplyAdd(x, b0, c10a);
            c10b = Vector512.FusedMultiplyAdd(x, b1, c10b);
            x = Vector512.Create(a9[2 * rowStride]);
            c11a = Vector512.FusedMultiplyAdd(x, b0, c11a);
            c11b = Vector512.FusedMultiplyAdd(x, b1, c11b);
            b += Columns;
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
        }

        Store(c, c0a, c0b);
        Store(c + (1 * targetStride), c1a, c1b);
        Store(c + (2 * targetStride), c2a, c2b);
        Store(c + (3 * targetStride), c3a, c3b);
        Store(c + (4 * targetStride), c4a, c4b);
        Store(c + (5 * targetStride), c5a, c5b);
        Store(c + (6 * targetStride), c6a, c6b);
        Store(c + (7 * targetStride), c7a, c7b);
        Store(c + (8 * targetStride), c8a, c8b);
        Store(c + (9 * targetStride), c9a, c9b);
        Store(c + (10 * targetStride), c10a, c10b);
        Store(c + (11 * targetStride), c11a, c11b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector512<float> left, Vector512<float> right)
    {
        (Vector512.Load(c) + left).Store(c);
        (Vector512.Load(c + 16) + right).Store(c + 16);
    }
}
