namespace HeteroAgent.LlamaCpp;

/// <summary>Walks over the key-value pairs of a file and checks them; strings and arrays are decoded when they are asked for.</summary>
internal static class GgufMetadataReader
{
    private const int MaxKeyBytes = 65535;

    // A key's length, the value's type and the smallest value.
    private const int SmallestPair = 8 + 1 + 4 + 1;

    public static Dictionary<string, GgufValue> Read(GgufCursor cursor, ulong count)
    {
        if (count > (ulong)(cursor.Remaining / SmallestPair))
        {
            throw cursor.Error(GgufError.Truncated, $"the header announces {count:N0} metadata pairs, and the {cursor.Remaining:N0} bytes that follow can hold at most {cursor.Remaining / SmallestPair:N0}");
        }

        Dictionary<string, GgufValue> values = new(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            string key = cursor.Name("a metadata key", MaxKeyBytes);
            GgufValue value = ReadValue(cursor, key);
            if (!values.TryAdd(key, value))
            {
                throw cursor.Error(GgufError.Malformed, $"the metadata key '{Shown(key)}' occurs twice");
            }
        }

        return values;
    }

    /// <summary>The size of a value of fixed size, or 0.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    private static GgufValue ReadValue(GgufCursor cursor, string key)
    {
        string what = "the value of '" + Shown(key) + "'";
        GgufValueType type = ReadType(cursor, what);
        if (type == GgufValueType.Array)
        {
            return ReadArray(cursor, what);
        }

        if (type == GgufValueType.String)
        {
            int length = cursor.Utf8Bytes(what).Length;
            return new(type, type, 1, cursor.Position - length, length);
        }

        int size = SizeOf(type);
        ReadOnlySpan<byte> bytes = cursor.Take((ulong)size, what);
        if (type == GgufValueType.Boolean && bytes[0] > 1)
        {
            throw cursor.Error(GgufError.Malformed, $"{what} is a boolean and has the byte {bytes[0]}; 0 and 1 are allowed");
        }

        return new(type, type, 1, cursor.Position - size, size);
    }

    private static GgufValue ReadArray(GgufCursor cursor, string what)
    {
        GgufValueType element = ReadType(cursor, what);
        if (element == GgufValueType.Array)
        {
            throw cursor.Error(GgufError.Malformed, $"{what} is an array of arrays, which llama.cpp does not read");
        }

        ulong count = cursor.UInt64(what);
        int smallest = element == GgufValueType.String ? 8 : SizeOf(element);
        if (count > (ulong)(cursor.Remaining / smallest))
        {
            throw cursor.Error(GgufError.Truncated, $"{what} announces {count:N0} elements of type {element}, and the {cursor.Remaining:N0} bytes that follow can hold at most {cursor.Remaining / smallest:N0}");
        }

        int start = cursor.Position;
        if (element == GgufValueType.String)
        {
            for (ulong i = 0; i < count; i++)
            {
                cursor.Utf8Bytes(what);
            }
        }
        else
        {
            ReadOnlySpan<byte> bytes = cursor.Take(count * (ulong)smallest, what);
            if (element == GgufValueType.Boolean && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw cursor.Error(GgufError.Malformed, $"{what} is an array of booleans with a byte other than 0 and 1");
            }
        }

        return new(GgufValueType.Array, element, (int)count, start, cursor.Position - start);
    }

    private static GgufValueType ReadType(GgufCursor cursor, string what)
    {
        uint type = cursor.UInt32(what);
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw cursor.Error(GgufError.Malformed, $"{what} has the type {type}; 0 to 12 are known");
    }

    // A hostile key must not fill the screen.
    private static string Shown(string key) => key.Length <= 80 ? key : key[..80] + "…";
}
