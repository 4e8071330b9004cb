using System.Text;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A metadata pair to be written; arrays have the element type and their values.</summary>
internal sealed record GgufPair(string Key, GgufValueType Type, object Value);

/// <summary>An array value to be written.</summary>
internal sealed record GgufArray(GgufValueType ElementType, object[] Values);

/// <summary>A tensor to be written. Without an offset of its own it is placed behind the one before.</summary>
internal sealed record GgufTensorSpec(string Name, ulong[] Shape, uint Type, byte[] Data, ulong? Offset = null);

/// <summary>
/// Writes GGUF files, sound and unsound ones, and takes sound ones apart again. It shares no code with the reader under test.
/// Strings are kept one character a byte, so that any byte sequence can be written.
/// </summary>
internal sealed class GgufBuilder
{
    public uint Version { get; set; } = 3;

    public int Alignment { get; set; } = 32;

    public ulong? TensorCount { get; set; }

    public ulong? PairCount { get; set; }

    public List<GgufPair> Pairs { get; } = [];

    public List<GgufTensorSpec> Tensors { get; } = [];

    public static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public GgufBuilder With(string key, object value)
    {
        int at = Pairs.FindIndex(p => p.Key == key);
        GgufPair pair = new(key, TypeOf(value), value);
        if (at < 0)
        {
            Pairs.Add(pair);
        }
        else
        {
            Pairs[at] = pair;
        }

        return this;
    }

    public GgufBuilder WithTensor(string name, params ulong[] shape)
    {
        int bytes = (int)shape.Aggregate(4UL, (product, size) => product * size);
        Tensors.Add(new(name, shape, 0, new byte[bytes]));
        return this;
    }

    public GgufBuilder Without(string key)
    {
        Pairs.RemoveAll(p => p.Key == key);
        return this;
    }

    public byte[] Write()
    {
        MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)Tensors.Count);
        writer.Write(PairCount ?? (ulong)Pairs.Count);
        foreach (GgufPair pair in Pairs)
        {
            WriteString(writer, pair.Key);
            writer.Write((uint)pair.Type);
            WriteValue(writer, pair.Type, pair.Value);
        }

        ulong next = 0;
        foreach (GgufTensorSpec tensor in Tensors)
        {
            WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            Array.ForEach(tensor.Shape, writer.Write);
            writer.Write(tensor.Type);
            writer.Write(tensor.Offset ?? next);
            next = Pad(next + (ulong)tensor.Data.Length);
        }

        foreach (GgufTensorSpec tensor in Tensors)
        {
            writer.Write(new byte[Pad((ulong)stream.Position) - (ulong)stream.Position]);
            writer.Write(tensor.Data);
        }

        return stream.ToArray();
    }

    public GgufFile Read() => GgufFile.Read(new MemoryStream(Write()));

    /// <summary>Takes a sound file apart.</summary>
    public static GgufBuilder Parse(byte[] file, int alignment = 32)
    {
        using BinaryReader reader = new(new MemoryStream(file));
        reader.ReadUInt32();
        GgufBuilder builder = new() { Version = reader.ReadUInt32(), Alignment = alignment };
        ulong tensors = reader.ReadUInt64();
        ulong pairs = reader.ReadUInt64();
        for (ulong i = 0; i < pairs; i++)
        {
            string key = ReadString(reader);
            GgufValueType type = (GgufValueType)reader.ReadUInt32();
            builder.Pairs.Add(new(key, type, ReadValue(reader, type)));
        }

        List<(string Name, ulong[] Shape, uint Type, ulong Offset)> infos = [];
        for (ulong i = 0; i < tensors; i++)
        {
            string name = ReadString(reader);
            ulong[] shape = new ulong[reader.ReadUInt32()];
            for (int d = 0; d < shape.Length; d++)
            {
                shape[d] = reader.ReadUInt64();
            }

            infos.Add((name, shape, reader.ReadUInt32(), reader.ReadUInt64()));
        }

        ulong start = builder.Pad((ulong)reader.BaseStream.Position);
        for (int i = 0; i < infos.Count; i++)
        {
            ulong end = i + 1 < infos.Count ? start + infos[i + 1].Offset : (ulong)file.Length;
            builder.Tensors.Add(new(infos[i].Name, infos[i].Shape, infos[i].Type, file[(int)(start + infos[i].Offset)..(int)end]));
        }

        return builder;
    }

    private ulong Pad(ulong size) => (size + (ulong)Alignment - 1) / (ulong)Alignment * (ulong)Alignment;

    private static GgufValueType TypeOf(object value) => value switch
    {
        byte => GgufValueType.UInt8,
        sbyte => GgufValueType.Int8,
        ushort => GgufValueType.UInt16,
        short => GgufValueType.Int16,
        uint => GgufValueType.UInt32,
        int => GgufValueType.Int32,
        float => GgufValueType.Float32,
        bool => GgufValueType.Boolean,
        string => GgufValueType.String,
        GgufArray => GgufValueType.Array,
        ulong => GgufValueType.UInt64,
        long => GgufValueType.Int64,
        double => GgufValueType.Float64,
        _ => throw new ArgumentException($"{value.GetType()} has no GGUF type.", nameof(value)),
    };

    private static void WriteString(BinaryWriter writer, string text)
    {
        writer.Write((ulong)text.Length);
        writer.Write(Encoding.Latin1.GetBytes(text));
    }

    private static void WriteValue(BinaryWriter writer, GgufValueType type, object value)
    {
        switch (value)
        {
            case GgufArray array:
                writer.Write((uint)array.ElementType);
                writer.Write((ulong)array.Values.Length);
                Array.ForEach(array.Values, v => WriteValue(writer, array.ElementType, v));
                break;
            case string text:
                WriteString(writer, text);
                break;
            case byte[] raw:
                writer.Write(raw);
                break;
            case byte n:
                writer.Write(n);
                break;
            case sbyte n:
                writer.Write(n);
                break;
            case ushort n:
                writer.Write(n);
                break;
            case short n:
                writer.Write(n);
                break;
            case uint n:
                writer.Write(n);
                break;
            case int n:
                writer.Write(n);
                break;
            case float n:
                writer.Write(n);
                break;
            case bool n:
                writer.Write(n);
                break;
            case ulong n:
                writer.Write(n);
                break;
            case long n:
                writer.Write(n);
                break;
            case double n:
                writer.Write(n);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} cannot be written as {type}.", nameof(value));
        }
    }

    private static string ReadString(BinaryReader reader) => Encoding.Latin1.GetString(reader.ReadBytes((int)reader.ReadUInt64()));

    private static object ReadValue(BinaryReader reader, GgufValueType type)
    {
        switch (type)
        {
            case GgufValueType.UInt8:
                return reader.ReadByte();
            case GgufValueType.Int8:
                return reader.ReadSByte();
            case GgufValueType.UInt16:
                return reader.ReadUInt16();
            case GgufValueType.Int16:
                return reader.ReadInt16();
            case GgufValueType.UInt32:
                return reader.ReadUInt32();
            case GgufValueType.Int32:
                return reader.ReadInt32();
            case GgufValueType.Float32:
                return reader.ReadSingle();
            case GgufValueType.Boolean:
                return reader.ReadBoolean();
            case GgufValueType.String:
                return ReadString(reader);
            case GgufValueType.UInt64:
                return reader.ReadUInt64();
            case GgufValueType.Int64:
                return reader.ReadInt64();
            case GgufValueType.Float64:
                return reader.ReadDouble();
            default:
                GgufValueType element = (GgufValueType)reader.ReadUInt32();
                object[] values = new object[reader.ReadUInt64()];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = ReadValue(reader, element);
                }

                return new GgufArray(element, values);
        }
    }
}
