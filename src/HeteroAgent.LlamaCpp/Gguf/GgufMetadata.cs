using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>The key-value pairs of a GGUF file. Strings and arrays are decoded when they are asked for. Immutable and thread-safe.</summary>
/// <remarks>A <c>TryGet</c> method answers false where the key is absent or its value has another type; integers of every width and sign serve wherever they fit.</remarks>
public sealed class GgufMetadata
{
    private readonly byte[] _bytes;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(byte[] bytes, Dictionary<string, GgufValue> values)
    {
        _bytes = bytes;
        _values = values;
    }

    /// <summary>Gets the keys, in the file's order.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>Whether the key is present, with a value of any type.</summary>
    /// <param name="key">The key, such as <c>general.architecture</c>; case counts.</param>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>Gets the type of a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The value's type.</param>
    public bool TryGetType(string key, out GgufValueType type)
    {
        bool found = _values.TryGetValue(key, out GgufValue value);
        type = value.Type;
        return found;
    }

    /// <summary>Gets the length of an array and the type of its elements.</summary>
    /// <param name="key">The key.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="length">The number of elements.</param>
    public bool TryGetArrayLength(string key, out GgufValueType elementType, out int length)
    {
        bool found = _values.TryGetValue(key, out GgufValue value) && value.Type == GgufValueType.Array;
        (elementType, length) = found ? (value.ElementType, value.Count) : (default, 0);
        return found;
    }

    /// <summary>Gets a text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The text.</param>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? text)
    {
        text = _values.TryGetValue(key, out GgufValue value) && value.Type == GgufValueType.String
            ? Encoding.UTF8.GetString(_bytes, value.Start, value.Length)
            : null;
        return text is not null;
    }

    /// <summary>Gets an integer of any width that is not negative.</summary>
    /// <param name="key">The key.</param>
    /// <param name="number">The number.</param>
    public bool TryGetUInt64(string key, out ulong number)
    {
        number = 0;
        return _values.TryGetValue(key, out GgufValue value)
            && value.Type != GgufValueType.Array
            && TryNarrow(Integer(value.ElementType, value.Start), 0UL, ulong.MaxValue, out number);
    }

    /// <summary>Gets an integer of any width that fits into 64 bits with a sign.</summary>
    /// <param name="key">The key.</param>
    /// <param name="number">The number.</param>
    public bool TryGetInt64(string key, out long number)
    {
        number = 0;
        return _values.TryGetValue(key, out GgufValue value)
            && value.Type != GgufValueType.Array
            && TryNarrow(Integer(value.ElementType, value.Start), long.MinValue, long.MaxValue, out number);
    }

    /// <summary>Gets a truth value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="flag">The truth value.</param>
    public bool TryGetBoolean(string key, out bool flag)
    {
        bool found = _values.TryGetValue(key, out GgufValue value) && value.Type == GgufValueType.Boolean;
        flag = found && _bytes[value.Start] != 0;
        return found;
    }

    /// <summary>Gets a floating-point number of either width; it may be infinite or not a number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="number">The number.</param>
    public bool TryGetFloat(string key, out float number)
    {
        number = 0;
        if (!_values.TryGetValue(key, out GgufValue value) || value.Type is not (GgufValueType.Float32 or GgufValueType.Float64))
        {
            return false;
        }

        number = Float(value.ElementType, value.Start);
        return true;
    }

    /// <summary>Gets an array of texts, such as <c>tokenizer.ggml.tokens</c>. Each call decodes it anew.</summary>
    /// <param name="key">The key.</param>
    /// <param name="texts">The texts.</param>
    public bool TryGetStrings(string key, [NotNullWhen(true)] out IReadOnlyList<string>? texts)
    {
        texts = null;
        if (!_values.TryGetValue(key, out GgufValue value) || value is not { Type: GgufValueType.Array, ElementType: GgufValueType.String })
        {
            return false;
        }

        string[] decoded = new string[value.Count];
        int position = value.Start;
        for (int i = 0; i < decoded.Length; i++)
        {
            ReadOnlySpan<byte> element = StringAt(ref position);
            decoded[i] = Encoding.UTF8.GetString(element);
        }

        texts = decoded;
        return true;
    }

    /// <summary>Gets an array of integers of any width. Each call decodes it anew.</summary>
    /// <param name="key">The key.</param>
    /// <param name="numbers">The numbers.</param>
    public bool TryGetIntegers(string key, [NotNullWhen(true)] out IReadOnlyList<long>? numbers)
    {
        numbers = null;
        if (!_values.TryGetValue(key, out GgufValue value) || value.Type != GgufValueType.Array)
        {
            return false;
        }

        long[] decoded = new long[value.Count];
        int size = GgufMetadataReader.SizeOf(value.ElementType);
        for (int i = 0; i < decoded.Length; i++)
        {
            if (!TryNarrow(Integer(value.ElementType, value.Start + (i * size)), long.MinValue, long.MaxValue, out decoded[i]))
            {
                return false;
            }
        }

        // An empty array has no element that could show its type.
        numbers = decoded.Length > 0 || Integer(value.ElementType, -1) is not null ? decoded : null;
        return numbers is not null;
    }

    /// <summary>Gets an array of floating-point numbers of either width. Each call decodes it anew.</summary>
    /// <param name="key">The key.</param>
    /// <param name="numbers">The numbers.</param>
    public bool TryGetFloats(string key, [NotNullWhen(true)] out IReadOnlyList<float>? numbers)
    {
        numbers = null;
        if (!_values.TryGetValue(key, out GgufValue value) || value is not { Type: GgufValueType.Array, ElementType: GgufValueType.Float32 or GgufValueType.Float64 })
        {
            return false;
        }

        float[] decoded = new float[value.Count];
        int size = GgufMetadataReader.SizeOf(value.ElementType);
        for (int i = 0; i < decoded.Length; i++)
        {
            decoded[i] = Float(value.ElementType, value.Start + (i * size));
        }

        numbers = decoded;
        return true;
    }

    /// <summary>Gets an array of truth values. Each call decodes it anew.</summary>
    /// <param name="key">The key.</param>
    /// <param name="flags">The truth values.</param>
    public bool TryGetBooleans(string key, [NotNullWhen(true)] out IReadOnlyList<bool>? flags)
    {
        flags = _values.TryGetValue(key, out GgufValue value) && value is { Type: GgufValueType.Array, ElementType: GgufValueType.Boolean }
            ? Array.ConvertAll(_bytes[value.Start..(value.Start + value.Count)], b => b != 0)
            : null;
        return flags is not null;
    }

    /// <summary>The UTF-8 bytes of each element of an array of texts, without decoding. The array must be one.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Utf8Elements(string key)
    {
        GgufValue value = _values[key];
        int position = value.Start;
        for (int i = 0; i < value.Count; i++)
        {
            int length = StringAt(ref position).Length;
            yield return _bytes.AsMemory(position - length, length);
        }
    }

    /// <summary>A value with its type as the file encodes it: of a text with its length, of an array with its element type and length.</summary>
    internal (GgufValueType Type, ReadOnlyMemory<byte> Bytes) Encoded(string key)
    {
        GgufValue value = _values[key];
        int header = value.Type switch
        {
            GgufValueType.String => 8,
            GgufValueType.Array => 12,
            _ => 0,
        };
        return (value.Type, _bytes.AsMemory(value.Start - header, value.Length + header));
    }

    private ReadOnlySpan<byte> StringAt(ref int position)
    {
        // The length was checked against the file when it was read.
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(position));
        position += 8 + length;
        return _bytes.AsSpan(position - length, length);
    }

    private float Float(GgufValueType type, int start) => type == GgufValueType.Float32
        ? BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan(start))
        : (float)BinaryPrimitives.ReadDoubleLittleEndian(_bytes.AsSpan(start));

    // Null where the type is none of the integers; a start of -1 asks only about the type.
    private Int128? Integer(GgufValueType type, int start)
    {
        int size = GgufMetadataReader.SizeOf(type);
        ReadOnlySpan<byte> bytes = start < 0 ? stackalloc byte[8] : _bytes.AsSpan(start, size);
        return type switch
        {
            GgufValueType.UInt8 => bytes[0],
            GgufValueType.Int8 => (sbyte)bytes[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => null,
        };
    }

    private static bool TryNarrow<T>(Int128? wide, T least, T most, out T number)
        where T : struct, System.Numerics.INumber<T>
    {
        bool fits = wide is { } n && n >= Int128.CreateChecked(least) && n <= Int128.CreateChecked(most);
        number = fits ? T.CreateTruncating(wide!.Value) : default;
        return fits;
    }
}
