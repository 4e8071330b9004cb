using System.Buffers;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>A tensor to be written, and where its data comes from.</summary>
internal sealed class GgufTensorSource
{
    private const int ChunkBytes = 1 << 20;
    private readonly Action<Stream> _write;

    /// <exception cref="ArgumentException">The type or the shape cannot be written.</exception>
    internal GgufTensorSource(GgmlType type, long[] shape, Action<Stream> write)
    {
        if (!GgmlTypeLayout.TryGet((uint)type, out int blockLength, out int blockSize))
        {
            throw new ArgumentException($"{type} is no tensor type of GGUF.", nameof(type));
        }

        if (shape.Length is 0 or > 4 || shape.Any(s => s <= 0) || shape[0] % blockLength != 0)
        {
            throw new ArgumentException($"[{string.Join(", ", shape)}] is no shape for {type}: one to four positive sizes, the first a multiple of {blockLength}, are.", nameof(shape));
        }

        try
        {
            SizeInBytes = shape.Aggregate(1L, (product, size) => checked(product * size)) / blockLength * blockSize;
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"The product of [{string.Join(", ", shape)}] does not fit into 63 bits.", nameof(shape));
        }

        Type = type;
        Shape = shape;
        _write = write;
    }

    internal GgmlType Type { get; }

    internal long[] Shape { get; }

    internal long SizeInBytes { get; }

    internal void Write(string name, Stream stream)
    {
        CountingStream counted = new(stream, SizeInBytes, name);
        _write(counted);
        counted.RequireWhole();
    }

    internal static void WriteFloats(Stream stream, ReadOnlyMemory<float> values)
    {
        const int Chunk = ChunkBytes / sizeof(float);
        for (int at = 0; at < values.Length; at += Chunk)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(at, Math.Min(Chunk, values.Length - at))));
        }
    }

    /// <exception cref="GgufException">The source is no longer the file that was read.</exception>
    internal static void Copy(GgufFile file, GgufTensor tensor, Stream target)
    {
        GgufFile source = file.PartOf(tensor);
        using FileStream stream = new(source.Path!, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (stream.Length != source.SizeInBytes)
        {
            throw new GgufException(GgufError.Truncated, $"the file had {source.SizeInBytes:N0} bytes when it was read and has {stream.Length:N0} now.", source.Path);
        }

        stream.Position = source.DataOffset + tensor.Offset;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long left = tensor.SizeInBytes; left > 0;)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(left, ChunkBytes));
                stream.ReadExactly(chunk);
                target.Write(chunk);
                left -= chunk.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Lets through exactly the bytes that a tensor has.</summary>
    private sealed class CountingStream(Stream stream, long expected, string name) : Stream
    {
        private long _written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _written;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > expected - _written)
            {
                throw new InvalidOperationException($"The data of tensor '{name}' is longer than the {expected:N0} bytes that its type and shape ask for.");
            }

            stream.Write(buffer);
            _written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        internal void RequireWhole()
        {
            if (_written != expected)
            {
                throw new InvalidOperationException($"The data of tensor '{name}' has {_written:N0} bytes; its type and shape ask for {expected:N0}.");
            }
        }
    }
}
