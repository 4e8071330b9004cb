namespace HeteroAgent.LlamaCpp;

/// <summary>What a GGUF file says of one tensor. Its numbers are not read. Immutable.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(string name, GgmlType type, long[] shape, long elementCount, long offset, long sizeInBytes)
    {
        Name = name;
        Type = type;
        Shape = shape;
        ElementCount = elementCount;
        Offset = offset;
        SizeInBytes = sizeInBytes;
    }

    /// <summary>Gets the name, such as <c>blk.0.attn_q.weight</c>: at most 63 bytes, unique in the file.</summary>
    public string Name { get; }

    /// <summary>Gets how the numbers are stored.</summary>
    public GgmlType Type { get; }

    /// <summary>Gets one to four positive sizes, the fastest-running dimension (a row's length) first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Gets how many numbers the tensor holds.</summary>
    public long ElementCount { get; }

    /// <summary>Gets where the data starts, in bytes from the start of the file's data section (<see cref="GgufFile.DataOffset"/>).</summary>
    public long Offset { get; }

    /// <summary>Gets the size of the data in bytes, without padding.</summary>
    public long SizeInBytes { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";
}
