using System.Buffers;

namespace HeteroAgent.LlamaCpp;

/// <summary>Puts trained numbers into a GGUF file.</summary>
internal static class TrainedTensors
{
    /// <summary>Sets a tensor of a type that rows can be quantised to.</summary>
    internal static void Set(GgufWriter writer, string name, GgmlType type, long[] shape, ReadOnlyMemory<float> values)
    {
        if (type == GgmlType.F32)
        {
            writer.SetTensor(name, shape, values);
            return;
        }

        writer.SetTensor(name, type, shape, stream =>
        {
            int row = checked((int)shape[0]);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(row * sizeof(float));
            for (int at = 0; at < values.Length; at += row)
            {
                stream.Write(buffer, 0, GgmlTypeTraits.Quantize(type, values.Span.Slice(at, row), row, buffer));
            }

            ArrayPool<byte>.Shared.Return(buffer);
        });
    }

    /// <summary>The type that a matrix is written in: the wanted one, or 32 bits where its rows are no whole blocks.</summary>
    internal static GgmlType TypeFor(GgmlType wanted, Parameter parameter) =>
        parameter.Rows > 1 && GgmlTypeLayout.TryGet((uint)wanted, out int block, out _) && parameter.Columns % block == 0 ? wanted : GgmlType.F32;
}
