using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Writes GGUF files of version 3: metadata of every type, and tensors from memory, from another file or as they are computed, one
/// after the other, so that a model never stands in memory as a whole. Not thread-safe.
/// </summary>
/// <remarks>Keys and tensors are written in the order in which they were first set; setting one again replaces it in its place.</remarks>
public sealed class GgufWriter
{
    private const string ArchitectureKey = "general.architecture";
    private const string AlignmentKey = "general.alignment";
    private readonly OrderedDictionary<string, GgufEncodedValue> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, GgufTensorSource> _tensors = new(StringComparer.Ordinal);

    /// <summary>Starts an empty file.</summary>
    /// <param name="architecture">The architecture, such as <c>llama</c>: <c>general.architecture</c>.</param>
    /// <param name="alignment">The alignment of the tensor data in bytes: a power of two from 8 to 65,536; llama.cpp runs models with a multiple of 32.</param>
    /// <exception cref="ArgumentException"><paramref name="architecture"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alignment"/> is none of these.</exception>
    public GgufWriter(string architecture, int alignment = 32)
        : this(alignment)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(architecture);
        Set(ArchitectureKey, architecture);
    }

    private GgufWriter(int alignment)
    {
        Alignment = alignment is >= 8 and <= 65536 && int.IsPow2(alignment)
            ? alignment
            : throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment must be a power of two from 8 to 65,536.");
        if (alignment != 32)
        {
            _metadata[AlignmentKey] = GgufEncodedValue.Of((uint)alignment);
        }
    }

    /// <summary>Gets the alignment of the tensor data in bytes.</summary>
    public int Alignment { get; }

    /// <summary>Gets the keys that were set, in the file's order.</summary>
    public IReadOnlyCollection<string> Keys => _metadata.Keys;

    /// <summary>Gets the names of the tensors that were set, in the file's order.</summary>
    public IReadOnlyCollection<string> TensorNames => _tensors.Keys;

    /// <summary>Starts with all metadata and tensors of a file, byte for byte. The tensors are read from the file when the copy is written.</summary>
    /// <param name="source">The file; it must stay in place until the copy is written.</param>
    /// <exception cref="ArgumentException"><paramref name="source"/> was read from a stream.</exception>
    public static GgufWriter CopyOf(GgufFile source)
    {
        GgufWriter writer = WithMetadataOf(source);
        foreach (GgufTensor tensor in source.Tensors)
        {
            writer.SetTensor(source, tensor);
        }

        return writer;
    }

    /// <summary>Starts with all metadata of a file and none of its tensors.</summary>
    /// <param name="source">The file.</param>
    public static GgufWriter WithMetadataOf(GgufFile source)
    {
        ArgumentNullException.ThrowIfNull(source);
        GgufWriter writer = new(source.Alignment);
        foreach (string key in source.Metadata.Keys)
        {
            // What was joined from shards is one file again.
            if (source.Shards.Count == 0 || !key.StartsWith("split.", StringComparison.Ordinal))
            {
                (GgufValueType type, ReadOnlyMemory<byte> bytes) = source.Metadata.Encoded(key);
                writer._metadata[key] = new GgufEncodedValue(type, bytes);
            }
        }

        return writer;
    }

    /// <summary>Sets a text.</summary>
    /// <param name="key">The key: 1 to 65,535 bytes without control characters.</param>
    /// <param name="value">The text.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The key cannot be written, or the text is no valid UTF-16.</exception>
    public GgufWriter Set(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SetEncoded(key, GgufEncodedValue.Of(value));
    }

    /// <summary>Sets a number or a truth value; its type is the type in the file.</summary>
    /// <typeparam name="T">An integer of 8 to 64 bits, <see cref="float"/>, <see cref="double"/> or <see cref="bool"/>.</typeparam>
    /// <param name="key">The key: 1 to 65,535 bytes without control characters.</param>
    /// <param name="value">The value.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The key cannot be written, or the type is none of these.</exception>
    public GgufWriter Set<T>(string key, T value)
        where T : unmanaged => SetEncoded(key, GgufEncodedValue.Of(value));

    /// <summary>Sets an array of texts.</summary>
    /// <param name="key">The key: 1 to 65,535 bytes without control characters.</param>
    /// <param name="values">The texts.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The key cannot be written, or a text is no valid UTF-16.</exception>
    public GgufWriter SetArray(string key, IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return SetEncoded(key, GgufEncodedValue.OfArray(values));
    }

    /// <summary>Sets an array of numbers or truth values; their type is the type in the file.</summary>
    /// <typeparam name="T">An integer of 8 to 64 bits, <see cref="float"/>, <see cref="double"/> or <see cref="bool"/>.</typeparam>
    /// <param name="key">The key: 1 to 65,535 bytes without control characters.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The key cannot be written, or the type is none of these.</exception>
    public GgufWriter SetArray<T>(string key, ReadOnlySpan<T> values)
        where T : unmanaged => SetEncoded(key, GgufEncodedValue.OfArray(values));

    /// <summary>Takes a key out again, where it is present.</summary>
    /// <param name="key">The key; the architecture and the alignment stay.</param>
    /// <returns>This writer.</returns>
    public GgufWriter Remove(string key)
    {
        if (key is not (ArchitectureKey or AlignmentKey))
        {
            _metadata.Remove(key);
        }

        return this;
    }

    /// <summary>Sets a tensor of 32-bit floats.</summary>
    /// <param name="name">The name: 1 to 63 bytes without control characters.</param>
    /// <param name="shape">One to four positive sizes, a row's length first.</param>
    /// <param name="values">The numbers, row by row; not copied, so they must not change before they are written.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name or the shape cannot be written, or the shape has another number of elements.</exception>
    public GgufWriter SetTensor(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values) =>
        SetTensor(name, GgmlType.F32, shape, values.Length * 4L, stream => GgufTensorSource.WriteFloats(stream, values));

    /// <summary>Sets a tensor of any type from its bytes.</summary>
    /// <param name="name">The name: 1 to 63 bytes without control characters.</param>
    /// <param name="type">How the numbers are stored.</param>
    /// <param name="shape">One to four positive sizes, a row's length first: whole blocks of the type.</param>
    /// <param name="data">The data; not copied, so it must not change before it is written.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name, the type or the shape cannot be written, or the data has another length than they ask for.</exception>
    public GgufWriter SetTensor(string name, GgmlType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data) =>
        SetTensor(name, type, shape, data.Length, stream => stream.Write(data.Span));

    /// <summary>Sets a tensor of any type whose data is made when the file is written.</summary>
    /// <param name="name">The name: 1 to 63 bytes without control characters.</param>
    /// <param name="type">How the numbers are stored.</param>
    /// <param name="shape">One to four positive sizes, a row's length first: whole blocks of the type.</param>
    /// <param name="write">Writes the data, exactly as many bytes as type and shape ask for.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name, the type or the shape cannot be written.</exception>
    public GgufWriter SetTensor(string name, GgmlType type, ReadOnlySpan<long> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return SetTensor(name, type, shape, -1, write);
    }

    /// <summary>Sets a tensor as it is in another file, from which it is read when this one is written.</summary>
    /// <param name="source">The file.</param>
    /// <param name="tensor">One of its tensors.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="source"/> was read from a stream, or the tensor is none of its own.</exception>
    public GgufWriter SetTensor(GgufFile source, GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tensor);
        if (source.Path is not { } path)
        {
            throw new ArgumentException("The file was read from a stream: its tensors cannot be read again.", nameof(source));
        }

        if (!source.Tensors.Contains(tensor))
        {
            throw new ArgumentException($"'{tensor.Name}' is no tensor of '{path}'.", nameof(tensor));
        }

        return SetTensor(tensor.Name, tensor.Type, [.. tensor.Shape], -1, stream => GgufTensorSource.Copy(source, tensor, stream));
    }

    /// <summary>Takes a tensor out again, where it is present.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>This writer.</returns>
    public GgufWriter RemoveTensor(string name)
    {
        _tensors.Remove(name);
        return this;
    }

    /// <summary>Writes the file beside the target, flushes it to the disk and renames it, so that the target is replaced as a whole or not at all.</summary>
    /// <param name="path">The file to write; it may be the one that tensors are copied from.</param>
    /// <param name="cancellationToken">Ends the writing before the next tensor; the target is then untouched.</param>
    /// <exception cref="TuningException">It could not be written (<see cref="TuningFailure.NotWritten"/>): a full disk, a missing folder, no right to write. What stood there is untouched, and nothing is left beside it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Write(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        AtomicFile.Write(path, stream => Write(stream, cancellationToken));
    }

    /// <summary>Writes the file's bytes to a stream, from its position on. The stream is left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Ends the writing before the next tensor.</param>
    /// <exception cref="InvalidOperationException">A tensor's data has another length than its type and shape ask for.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Write(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] header = Header();
        stream.Write(header);
        Pad(stream, header.Length);
        foreach ((string name, GgufTensorSource tensor) in _tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tensor.Write(name, stream);
            Pad(stream, tensor.SizeInBytes);
        }
    }

    private GgufWriter SetEncoded(string key, GgufEncodedValue value)
    {
        RequireName(key, 65535, nameof(key));
        if (key == AlignmentKey)
        {
            throw new ArgumentException($"'{AlignmentKey}' is set by the constructor.", nameof(key));
        }

        if (key == ArchitectureKey && value.Type != GgufValueType.String)
        {
            throw new ArgumentException($"'{ArchitectureKey}' must be a text.", nameof(key));
        }

        _metadata[key] = value;
        return this;
    }

    private GgufWriter SetTensor(string name, GgmlType type, ReadOnlySpan<long> shape, long length, Action<Stream> write)
    {
        RequireName(name, 63, nameof(name));
        GgufTensorSource source = new(type, shape.ToArray(), write);
        if (length >= 0 && length != source.SizeInBytes)
        {
            throw new ArgumentException($"Tensor '{name}' of type {type} and shape [{string.Join(", ", source.Shape)}] takes {source.SizeInBytes:N0} bytes, and {length:N0} were given.", nameof(length));
        }

        _tensors[name] = source;
        return this;
    }

    private static void RequireName(string name, int maxBytes, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (GgufEncodedValue.Utf8.GetByteCount(name) > maxBytes || name.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            throw new ArgumentException($"'{name}' is no name for GGUF: 1 to {maxBytes:N0} bytes without control characters are.", parameter);
        }
    }

    private byte[] Header()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach ((string key, GgufEncodedValue value) in _metadata)
        {
            writer.Write(GgufEncodedValue.Of(key).Bytes.Span);
            writer.Write((uint)value.Type);
            writer.Write(value.Bytes.Span);
        }

        long offset = 0;
        foreach ((string name, GgufTensorSource tensor) in _tensors)
        {
            writer.Write(GgufEncodedValue.Of(name).Bytes.Span);
            writer.Write((uint)tensor.Shape.Length);
            Array.ForEach(tensor.Shape, writer.Write);
            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset = checked((offset + tensor.SizeInBytes + Alignment - 1) / Alignment * Alignment);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private void Pad(Stream stream, long written)
    {
        int padding = (int)((Alignment - (written % Alignment)) % Alignment);
        if (padding > 0)
        {
            stream.Write(new byte[padding]);
        }
    }
}
