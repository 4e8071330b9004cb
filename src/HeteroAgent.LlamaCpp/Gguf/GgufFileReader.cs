namespace HeteroAgent.LlamaCpp;

/// <summary>Reads a file's header, metadata and tensor descriptions in one pass.</summary>
internal static class GgufFileReader
{
    private const int HeaderBytes = 24;
    private const uint DefaultAlignment = 32;
    private const uint MaxAlignment = 65536;

    public static GgufFile Read(Stream stream, string? path)
    {
        GgufCursor cursor = new(stream, stream.Length - stream.Position, path);
        uint version = ReadVersion(cursor);
        ulong tensorCount = cursor.UInt64("the number of tensors");
        ulong pairCount = cursor.UInt64("the number of metadata pairs");
        Dictionary<string, GgufValue> values = GgufMetadataReader.Read(cursor, pairCount);
        uint alignment = Alignment(cursor, new GgufMetadata(cursor.Buffer, values));
        List<GgufTensor> tensors = GgufTensorReader.Read(cursor, tensorCount, alignment);

        long dataOffset = ((long)cursor.Position + alignment - 1) / alignment * alignment;
        if (tensors.Count > 0)
        {
            GgufTensor last = tensors[^1];
            long end = dataOffset + last.Offset + last.SizeInBytes;
            if (end > cursor.Length)
            {
                throw new GgufException(GgufError.Truncated, $"the tensor data ends at byte {end:N0} and the file at {cursor.Length:N0}: {end - cursor.Length:N0} bytes are missing. Fetch the file again.", path, cursor.Length);
            }
        }

        return new(path, (int)version, cursor.Length, (int)alignment, dataOffset, new GgufMetadata(cursor.Buffer, values), tensors);
    }

    private static uint ReadVersion(GgufCursor cursor)
    {
        if (cursor.Length == 0)
        {
            throw cursor.Error(GgufError.NotGguf, "the file is empty");
        }

        ReadOnlySpan<byte> start = cursor.Take((ulong)Math.Min(4, cursor.Length), "the magic");
        if (!"GGUF"u8.StartsWith(start))
        {
            throw cursor.Error(GgufError.NotGguf, $"the file starts with {Convert.ToHexString(start)}{Guess(start)} instead of the bytes of 'GGUF'");
        }

        if (cursor.Length < HeaderBytes)
        {
            throw cursor.Error(GgufError.Truncated, $"the file has {cursor.Length} bytes; a GGUF header alone takes {HeaderBytes}");
        }

        uint version = cursor.UInt32("the version");
        if (version is not 0 && (version & 0xFFFF) == 0)
        {
            throw cursor.Error(GgufError.UnsupportedByteOrder, $"the file is GGUF version {System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version)} in big-endian byte order; convert it to little-endian");
        }

        return version is 2 or 3
            ? version
            : throw cursor.Error(GgufError.UnsupportedVersion, $"the file is GGUF version {version}; 2 and 3 are read");
    }

    private static string Guess(ReadOnlySpan<byte> start) =>
        start.SequenceEqual("vers"u8) ? " (a Git LFS pointer: the model itself was not fetched)"
        : start.SequenceEqual("<!DO"u8) || start.SequenceEqual("<htm"u8) ? " (a web page: the download went wrong)"
        : start.SequenceEqual("tjgg"u8) || start.SequenceEqual("lmgg"u8) ? " (an older format of llama.cpp: convert it to GGUF)"
        : start.SequenceEqual("FUGG"u8) ? " (the magic with its bytes reversed)"
        : start.StartsWith("PK"u8) ? " (a ZIP archive)"
        : "";

    private static uint Alignment(GgufCursor cursor, GgufMetadata metadata)
    {
        const string Key = "general.alignment";
        if (!metadata.TryGetType(Key, out GgufValueType type))
        {
            return DefaultAlignment;
        }

        return type == GgufValueType.UInt32 && metadata.TryGetUInt64(Key, out ulong alignment) && alignment is >= 8 and <= MaxAlignment && ulong.IsPow2(alignment)
            ? (uint)alignment
            : throw cursor.Error(GgufError.Malformed, $"'{Key}' must be a UInt32, a power of two, and 8 to {MaxAlignment}; the file has a {type}{(metadata.TryGetInt64(Key, out long found) ? $" of {found}" : "")}");
    }
}
