using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HeteroAgent.LlamaCpp;

/// <summary>The form of a saved prefix: a header, the tokens, the state of the sequence as llama.cpp writes it, and a SHA-256 of all that.</summary>
/// <remarks>All numbers are little-endian. A file that is not whole and unchanged never reaches the native library, which may end the process on such.</remarks>
internal static class PrefixFile
{
    internal const string Extension = ".prefix";

    private const int Version = 1;
    private const int VersionAt = 8;
    private const int CountAt = 12;
    private const int StateLengthAt = 16;
    private const int KeyAt = 24;
    private const int HeaderLength = KeyAt + PrefixKey.Length;
    private const int MostTokens = 1 << 24;

    private static ReadOnlySpan<byte> Magic => "HAPREFIX"u8;

    /// <summary>A file's bytes with everything but the state and the checksum, or null where it would be too large.</summary>
    internal static byte[]? Create(ReadOnlySpan<byte> key, ReadOnlySpan<int> tokens, long stateLength)
    {
        long length = HeaderLength + (4L * tokens.Length) + stateLength + SHA256.HashSizeInBytes;
        if (length > Array.MaxLength)
        {
            return null;
        }

        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(CountAt), tokens.Length);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(StateLengthAt), stateLength);
        key.CopyTo(file.AsSpan(KeyAt));
        for (int i = 0; i < tokens.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(HeaderLength + (4 * i)), tokens[i]);
        }

        return file;
    }

    /// <summary>Where the state lies in a file.</summary>
    internal static Memory<byte> State(byte[] file)
    {
        int start = HeaderLength + (4 * BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(CountAt)));
        return file.AsMemory(start, file.Length - start - SHA256.HashSizeInBytes);
    }

    /// <summary>Writes the checksum behind the rest.</summary>
    internal static void Seal(byte[] file) => SHA256.HashData(file.AsSpan(0, file.Length - SHA256.HashSizeInBytes), file.AsSpan(file.Length - SHA256.HashSizeInBytes));

    /// <summary>Reads the tokens of a file, without its state; null where it is no whole file of this form under this key.</summary>
    internal static int[]? ReadTokens(string path, ReadOnlySpan<byte> key)
    {
        using FileStream stream = Open(path, bufferSize: 0);
        byte[] header = new byte[HeaderLength];
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !IsSound(header, key, stream.Length))
        {
            return null;
        }

        byte[] tokens = new byte[4 * BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(CountAt))];
        stream.ReadExactly(tokens);
        return Tokens(tokens);
    }

    /// <summary>Reads a whole file; null where anything in it differs from what was written, or from the tokens that are expected.</summary>
    internal static byte[]? Read(string path, ReadOnlySpan<byte> key, ReadOnlySpan<int> tokens)
    {
        byte[] file;
        using (FileStream stream = Open(path, bufferSize: 0))
        {
            if (stream.Length < HeaderLength || stream.Length > Array.MaxLength)
            {
                return null;
            }

            file = GC.AllocateUninitializedArray<byte>((int)stream.Length);
            stream.ReadExactly(file);
        }

        return IsSound(file, key, file.Length)
            && SHA256.HashData(file.AsSpan(0, file.Length - SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(file.AsSpan(file.Length - SHA256.HashSizeInBytes))
            && Tokens(file.AsSpan(HeaderLength, 4 * BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(CountAt)))).AsSpan().SequenceEqual(tokens)
            ? file
            : null;
    }

    /// <summary>Opens a file that others may read, replace or delete meanwhile.</summary>
    private static FileStream Open(string path, int bufferSize) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize);

    private static bool IsSound(ReadOnlySpan<byte> header, ReadOnlySpan<byte> key, long fileLength)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(header[CountAt..]);
        long state = BinaryPrimitives.ReadInt64LittleEndian(header[StateLengthAt..]);
        return header.StartsWith(Magic)
            && BinaryPrimitives.ReadInt32LittleEndian(header[VersionAt..]) == Version
            && count is > 0 and <= MostTokens
            && state == fileLength - HeaderLength - (4L * count) - SHA256.HashSizeInBytes
            && state > 0
            && header.Slice(KeyAt, PrefixKey.Length).SequenceEqual(key);
    }

    private static int[] Tokens(ReadOnlySpan<byte> bytes)
    {
        int[] tokens = MemoryMarshal.Cast<byte, int>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(tokens, tokens);
        }

        return tokens;
    }
}
