using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads forward through a stream of known length, and keeps what it has read. Never allocates more than twice what the stream really holds.</summary>
internal sealed class GgufCursor(Stream stream, long length, string? path)
{
    private const int FirstRead = 64 * 1024;

    // The largest vocabularies take some twenty megabytes; an array's indices must stay within 31 bits.
    private const long MaxMetadata = 1L << 30;

    private byte[] _buffer = [];
    private int _filled;

    /// <summary>The length of the whole file.</summary>
    public long Length => length;

    /// <summary>The next byte to be read.</summary>
    public int Position { get; private set; }

    /// <summary>What is left of the file.</summary>
    public long Remaining => length - Position;

    /// <summary>All bytes read so far, by their offset in the file.</summary>
    public byte[] Buffer => _buffer;

    public ReadOnlySpan<byte> Take(ulong count, string what)
    {
        if (count > (ulong)Remaining)
        {
            throw Error(GgufError.Truncated, $"{what} takes {count:N0} bytes, and the file ends after {Remaining:N0} of them ({count - (ulong)Remaining:N0} are missing)");
        }

        int start = Position;
        Fill(Position + (long)count, what);
        Position += (int)count;
        return _buffer.AsSpan(start, (int)count);
    }

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A string's bytes, checked to be UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8Bytes(string what)
    {
        ulong count = UInt64(what);
        if (count > (ulong)Remaining)
        {
            Position -= 8;
            throw Error(GgufError.Truncated, $"{what} claims a length of {count:N0} bytes, and the file has {Remaining - 8:N0} left");
        }

        ReadOnlySpan<byte> bytes = Take(count, what);
        if (!Utf8.IsValid(bytes))
        {
            throw Error(GgufError.Malformed, $"{what} is not valid UTF-8");
        }

        return bytes;
    }

    /// <summary>A short name: not empty, without control characters, at most <paramref name="maxBytes"/> long.</summary>
    public string Name(string what, int maxBytes)
    {
        ReadOnlySpan<byte> bytes = Utf8Bytes(what);
        if (bytes.IsEmpty || bytes.Length > maxBytes)
        {
            throw Error(GgufError.Malformed, $"{what} has {bytes.Length:N0} bytes; 1 to {maxBytes:N0} are allowed");
        }

        if (bytes.ContainsAnyInRange((byte)0, (byte)31))
        {
            throw Error(GgufError.Malformed, $"{what} contains a control character");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    public GgufException Error(GgufError error, string message) => new(error, message + ".", path, Position);

    private void Fill(long end, string what)
    {
        if (end <= _filled)
        {
            return;
        }

        if (end > MaxMetadata)
        {
            throw Error(GgufError.Malformed, $"the metadata reaches beyond {MaxMetadata:N0} bytes with {what}; no real model's does");
        }

        if (end > _buffer.Length)
        {
            long size = Math.Min(length, Math.Min(MaxMetadata, Math.Max(end, Math.Max(FirstRead, 2L * _buffer.Length))));
            Array.Resize(ref _buffer, (int)size);
        }

        // Reading ahead to the buffer's end keeps the number of reads small.
        int wanted = (int)(end - _filled);
        int read = stream.ReadAtLeast(_buffer.AsSpan(_filled), wanted, throwOnEndOfStream: false);
        _filled += read;
        if (read < wanted)
        {
            throw Error(GgufError.Truncated, $"the file became shorter while {what} was read");
        }
    }
}
