using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>A matrix in 8 bits with a scale a row, or in 16-bit floating point; unpacked once. Immutable.</summary>
internal sealed class PackedMatrix
{
    private const float MostByte = 127;

    private PackedMatrix(int rows, int columns, bool bytes, byte[] data, float[] scales)
    {
        Rows = rows;
        Columns = columns;
        IsBytes = bytes;
        Data = data;
        Scales = scales;
        Values = bytes ? FromBytes(data, scales, columns) : FromHalves(data);
    }

    internal int Rows { get; }

    internal int Columns { get; }

    internal bool IsBytes { get; }

    /// <summary>The packed numbers, little-endian.</summary>
    internal byte[] Data { get; }

    /// <summary>One a row; empty in 16 bits.</summary>
    internal float[] Scales { get; }

    /// <summary>The numbers as they are used, row after row.</summary>
    internal float[] Values { get; }

    internal static PackedMatrix FromPacked(int rows, int columns, bool bytes, byte[] data, float[] scales) => new(rows, columns, bytes, data, scales);

    internal static PackedMatrix Pack(float[] values, int rows, int columns, bool bytes)
    {
        if (!bytes)
        {
            Half[] halves = new Half[values.Length];
            TensorPrimitives.ConvertToHalf(values, halves);
            return new PackedMatrix(rows, columns, bytes, MemoryMarshal.AsBytes<Half>(halves).ToArray(), []);
        }

        byte[] data = new byte[values.Length];
        float[] scales = new float[rows];
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> row = values.AsSpan(r * columns, columns);
            scales[r] = Math.Abs(TensorPrimitives.MaxMagnitude(row)) / MostByte;
            for (int c = 0; c < columns && scales[r] > 0; c++)
            {
                data[(r * columns) + c] = (byte)(sbyte)Math.Clamp(MathF.Round(row[c] / scales[r]), -MostByte, MostByte);
            }
        }

        return new PackedMatrix(rows, columns, bytes, data, scales);
    }

    private static float[] FromBytes(byte[] data, float[] scales, int columns)
    {
        float[] values = new float[data.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)data[i] * scales[i / columns];
        }

        return values;
    }

    private static float[] FromHalves(byte[] data)
    {
        float[] values = new float[data.Length / 2];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(data), values);
        return values;
    }
}
