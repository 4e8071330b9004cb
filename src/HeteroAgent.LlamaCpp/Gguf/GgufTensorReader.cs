namespace HeteroAgent.LlamaCpp;

/// <summary>Reads and checks what a file says of its tensors.</summary>
internal static class GgufTensorReader
{
    private const int MaxNameBytes = 63;
    private const int MaxDimensions = 4;

    // A name's length and one byte of it, the number of dimensions, one of them, the type, the offset.
    private const int SmallestTensor = 8 + 1 + 4 + 8 + 4 + 8;

    public static List<GgufTensor> Read(GgufCursor cursor, ulong count, uint alignment)
    {
        if (count > (ulong)(cursor.Remaining / SmallestTensor))
        {
            throw cursor.Error(GgufError.Truncated, $"the header announces {count:N0} tensors, and the {cursor.Remaining:N0} bytes that follow the metadata can describe at most {cursor.Remaining / SmallestTensor:N0}");
        }

        List<GgufTensor> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        long next = 0;
        for (ulong i = 0; i < count; i++)
        {
            GgufTensor tensor = ReadOne(cursor);
            if (!names.Add(tensor.Name))
            {
                throw cursor.Error(GgufError.Malformed, $"the tensor name '{tensor.Name}' occurs twice");
            }

            // llama.cpp takes tensors only one behind the other, each padded to the alignment.
            if (tensor.Offset != next)
            {
                throw cursor.Error(GgufError.Malformed, $"the data of tensor '{tensor.Name}' starts at {tensor.Offset:N0} of the data section; behind the tensor before it, aligned to {alignment}, that must be {next:N0}");
            }

            tensors.Add(tensor);
            next = Next(cursor, tensor, alignment);
        }

        return tensors;
    }

    private static GgufTensor ReadOne(GgufCursor cursor)
    {
        string name = cursor.Name("a tensor's name", MaxNameBytes);
        string what = $"the description of tensor '{name}'";
        uint dimensions = cursor.UInt32(what);
        if (dimensions is 0 or > MaxDimensions)
        {
            throw cursor.Error(GgufError.Malformed, $"tensor '{name}' has {dimensions} dimensions; 1 to {MaxDimensions} are allowed");
        }

        long[] shape = new long[dimensions];
        for (int d = 0; d < shape.Length; d++)
        {
            ulong size = cursor.UInt64(what);
            shape[d] = size is > 0 and <= long.MaxValue
                ? (long)size
                : throw cursor.Error(GgufError.Malformed, $"dimension {d} of tensor '{name}' is {size}; it must be positive and fit into 63 bits");
        }

        uint type = cursor.UInt32(what);
        if (!GgmlTypeLayout.TryGet(type, out int blockLength, out int blockSize))
        {
            throw cursor.Error(GgufError.UnsupportedTensorType, $"tensor '{name}' has the type {type}, which is unknown or was removed from ggml");
        }

        ulong offset = cursor.UInt64(what);
        if (offset > long.MaxValue)
        {
            throw cursor.Error(GgufError.Malformed, $"the data of tensor '{name}' would start at {offset:N0}");
        }

        if (shape[0] % blockLength != 0)
        {
            throw cursor.Error(GgufError.Malformed, $"a row of tensor '{name}' has {shape[0]:N0} numbers; {(GgmlType)type} stores them in blocks of {blockLength}");
        }

        try
        {
            long elements = shape.Aggregate(1L, (product, size) => checked(product * size));
            return new(name, (GgmlType)type, shape, elements, (long)offset, checked(elements / blockLength * blockSize));
        }
        catch (OverflowException)
        {
            throw cursor.Error(GgufError.Malformed, $"tensor '{name}' has the shape [{string.Join(", ", shape)}], whose product does not fit into 63 bits");
        }
    }

    private static long Next(GgufCursor cursor, GgufTensor tensor, uint alignment)
    {
        // Both are below 2^63, so that their sum cannot wrap as an unsigned number.
        ulong end = (ulong)tensor.Offset + (ulong)tensor.SizeInBytes;
        if (end > (ulong)cursor.Length)
        {
            throw cursor.Error(GgufError.Truncated, $"the data of tensor '{tensor.Name}' ends at {end:N0} of the data section, and the whole file has {cursor.Length:N0} bytes (at least {end - (ulong)cursor.Length:N0} are missing)");
        }

        return ((long)end + alignment - 1) / alignment * alignment;
    }
}
