namespace HeteroAgent.Onnx;

/// <summary>Looks at a file's outermost structure before native code sees it: an ONNX model is a protobuf message with a version (field 1) and a graph (field 7).</summary>
internal static class ModelHeader
{
    // ModelProto knows fields up to 26; a higher one is some other file's bytes read as a tag.
    private const int HighestField = 100;

    /// <summary>Checks that the bytes are a whole protobuf message of that form.</summary>
    /// <exception cref="OnnxException">They are not.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length >= 8 && bytes[4..8].SequenceEqual("ORTM"u8))
        {
            return; // ONNX Runtime's own format, which it verifies itself.
        }

        bool version = false;
        bool graph = false;
        int at = 0;
        while (at < bytes.Length)
        {
            if (!TryReadVarint(bytes, ref at, out ulong tag) || tag >> 3 is 0 or > HighestField)
            {
                throw Fault(name, version, at, "no ONNX field starts there");
            }

            version |= tag == (1 << 3 | 0);
            graph |= tag == (7 << 3 | 2);
            ulong length = 0;
            bool whole = (tag & 7) switch
            {
                0 => TryReadVarint(bytes, ref at, out _),
                1 => Skip(bytes, ref at, 8),
                2 => TryReadVarint(bytes, ref at, out length) && Skip(bytes, ref at, length),
                5 => Skip(bytes, ref at, 4),
                _ => throw Fault(name, version, at, "no ONNX field has that type"),
            };
            if (!whole)
            {
                throw Fault(name, version, at, $"field {tag >> 3} reaches beyond the end, {bytes.Length} bytes");
            }
        }

        if (!version || !graph)
        {
            throw new OnnxException(OnnxError.NotAModel, $"{name} is no ONNX model: it has {(version ? "no graph" : "no format version")} in its {bytes.Length} bytes.");
        }
    }

    private static OnnxException Fault(string name, bool begun, int at, string what) => begun
        ? new(OnnxError.Damaged, $"{name} is a damaged ONNX model: at byte {at}, {what}.")
        : new(OnnxError.NotAModel, $"{name} is no ONNX model: at byte {at}, {what}.");

    private static bool Skip(ReadOnlySpan<byte> bytes, ref int at, ulong count)
    {
        if (count > (ulong)(bytes.Length - at))
        {
            return false;
        }

        at += (int)count;
        return true;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
