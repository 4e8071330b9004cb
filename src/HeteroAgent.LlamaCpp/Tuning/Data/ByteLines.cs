using System.Runtime.CompilerServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The lines of a stream as bytes, whatever their length and encoding. Lines end with LF or CRLF; a byte order mark at the start is left out.</summary>
internal static class ByteLines
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Each line with its number. The bytes are valid until the next one is asked for, and null for a line longer than the limit.</summary>
    internal static async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte>? Bytes)> ReadAsync(Stream stream, int maxLineBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ChunkBytes];
        using MemoryStream line = new();
        bool tooLong = false;
        int number = 0;
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            int start = 0;
            while (start < read)
            {
                int length = chunk.AsSpan(start, read - start).IndexOf((byte)'\n');
                int end = length < 0 ? read : start + length;
                tooLong |= line.Length + end - start > maxLineBytes + 4L;
                if (!tooLong)
                {
                    line.Write(chunk, start, end - start);
                }

                start = end + 1;
                if (length >= 0)
                {
                    yield return (++number, Take());
                }
            }
        }

        if (line.Length > 0 || tooLong)
        {
            yield return (++number, Take());
        }

        ReadOnlyMemory<byte>? Take()
        {
            ReadOnlyMemory<byte> bytes = line.GetBuffer().AsMemory(0, (int)line.Length);
            bytes = bytes.Span.EndsWith("\r"u8) ? bytes[..^1] : bytes;
            bytes = number == 1 && bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
            bool passedOver = tooLong || bytes.Length > maxLineBytes;
            line.SetLength(0);
            tooLong = false;
            return passedOver ? default(ReadOnlyMemory<byte>?) : bytes;
        }
    }
}
