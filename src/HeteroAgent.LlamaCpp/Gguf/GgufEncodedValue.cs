using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>A metadata value as a file encodes it, behind its type.</summary>
/// <param name="Type">The value's type.</param>
/// <param name="Bytes">The value: of a text with its length, of an array with its element type and length.</param>
internal readonly record struct GgufEncodedValue(GgufValueType Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Refuses lone surrogates, which would come back as something else.</summary>
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static GgufEncodedValue Of(string text) => new(GgufValueType.String, Encode(text));

    internal static GgufEncodedValue Of<T>(T value)
        where T : unmanaged => new(TypeOf<T>(), MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray());

    internal static GgufEncodedValue OfArray(IEnumerable<string> texts)
    {
        byte[][] encoded = [.. texts.Select(Encode)];
        return Array(GgufValueType.String, encoded.Length, encoded.SelectMany(e => e).ToArray());
    }

    internal static GgufEncodedValue OfArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Array(TypeOf<T>(), values.Length, MemoryMarshal.AsBytes(values));

    private static GgufEncodedValue Array(GgufValueType element, int count, ReadOnlySpan<byte> values)
    {
        byte[] bytes = new byte[12 + values.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)element);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), (ulong)count);
        values.CopyTo(bytes.AsSpan(12));
        return new GgufEncodedValue(GgufValueType.Array, bytes);
    }

    private static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = new byte[8 + Utf8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - 8));
        Utf8.GetBytes(text, bytes.AsSpan(8));
        return bytes;
    }

    private static GgufValueType TypeOf<T>() => System.Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Byte => GgufValueType.UInt8,
        TypeCode.SByte => GgufValueType.Int8,
        TypeCode.UInt16 => GgufValueType.UInt16,
        TypeCode.Int16 => GgufValueType.Int16,
        TypeCode.UInt32 => GgufValueType.UInt32,
        TypeCode.Int32 => GgufValueType.Int32,
        TypeCode.Single => GgufValueType.Float32,
        TypeCode.Boolean => GgufValueType.Boolean,
        TypeCode.UInt64 => GgufValueType.UInt64,
        TypeCode.Int64 => GgufValueType.Int64,
        TypeCode.Double => GgufValueType.Float64,
        _ => throw new ArgumentException($"{typeof(T).Name} has no type in GGUF: integers of 8 to 64 bits, float, double and bool have one."),
    };
}
