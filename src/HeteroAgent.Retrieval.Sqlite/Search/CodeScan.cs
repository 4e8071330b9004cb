using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>One query's pass over the codes of a <see cref="VectorTable"/>, keeping the best.</summary>
internal sealed class CodeScan
{
    /// <summary>Codes stand in multiples of this many elements.</summary>
    public const int Block = 32;

    // 12 bits: the query loses next to nothing, and sums over thousands of elements fit 32 bits.
    private const float QueryRange = 2047;

    private readonly short[] _query;
    private readonly int _keep;
    private readonly float[] _scores;
    private readonly int[] _rows;
    private int _count;
    private float _least = float.NegativeInfinity;

    public CodeScan(ReadOnlySpan<float> query, int stride, int keep)
    {
        _keep = keep;
        _query = new short[stride];
        _scores = new float[keep * 2];
        _rows = new int[keep * 2];
        float largest = MathF.Abs(TensorPrimitives.MaxMagnitude(query));
        for (int i = 0; i < query.Length && largest > 0; i++)
        {
            _query[i] = (short)MathF.Round(query[i] * QueryRange / largest);
        }
    }

    public void Pass(ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> scales, int first)
    {
        int stride = _query.Length;
        for (int i = 0; i < scales.Length; i++)
        {
            float score = Dot(codes.Slice(i * stride, stride), _query) * scales[i];
            if (score > _least)
            {
                _scores[_count] = score;
                _rows[_count++] = first + i;
                if (_count == _scores.Length)
                {
                    Shrink();
                }
            }
        }
    }

    public IEnumerable<int> Best()
    {
        Shrink();
        return _rows.Take(_count);
    }

    private void Shrink()
    {
        Array.Sort(_scores, _rows, 0, _count);
        Array.Reverse(_scores, 0, _count);
        Array.Reverse(_rows, 0, _count);
        if (_count >= _keep)
        {
            _count = _keep;
            _least = _scores[_keep - 1];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Dot(ReadOnlySpan<sbyte> codes, ReadOnlySpan<short> query)
    {
        ref sbyte c = ref MemoryMarshal.GetReference(codes);
        ref short q = ref MemoryMarshal.GetReference(query);
        if (Avx2.IsSupported)
        {
            Vector256<int> even = Vector256<int>.Zero;
            Vector256<int> odd = Vector256<int>.Zero;
            for (nuint i = 0; i < (nuint)query.Length; i += Block)
            {
                even += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref c, i)), Vector256.LoadUnsafe(ref q, i));
                odd += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref c, i + 16)), Vector256.LoadUnsafe(ref q, i + 16));
            }

            return Vector256.Sum(even + odd);
        }

        Vector128<int> sum = Vector128<int>.Zero;
        for (nuint i = 0; i < (nuint)query.Length; i += 8)
        {
            Vector128<short> code = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref c, i)))).AsSByte());
            Vector128<short> value = Vector128.LoadUnsafe(ref q, i);
            sum += (Vector128.WidenLower(code) * Vector128.WidenLower(value)) + (Vector128.WidenUpper(code) * Vector128.WidenUpper(value));
        }

        return Vector128.Sum(sum);
    }
}
