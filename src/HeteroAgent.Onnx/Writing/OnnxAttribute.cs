namespace HeteroAgent.Onnx;

/// <summary>A named constant of an operator, such as <c>axis</c> or <c>nodes_values</c>.</summary>
/// <remarks>Immutable.</remarks>
#pragma warning disable CA1711 // The word is ONNX's own.
public sealed class OnnxAttribute
#pragma warning restore CA1711
{
    // AttributeProto.AttributeType.
    private const int FloatType = 1;
    private const int IntType = 2;
    private const int StringType = 3;
    private const int FloatsType = 6;
    private const int IntsType = 7;
    private const int StringsType = 8;

    private readonly string _name;
    private readonly Action<ProtobufWriter> _write;

    private OnnxAttribute(string name, int type, Action<ProtobufWriter> value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
        _write = w =>
        {
            w.Text(1, name);
            value(w);
            w.Varint(20, type);
        };
    }

    /// <summary>Creates an attribute that is one number.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, float value) => new(name, FloatType, w => w.Float(2, value));

    /// <summary>Creates an attribute that is one whole number.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, long value) => new(name, IntType, w => w.Varint(3, value));

    /// <summary>Creates an attribute that is text.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, string value) => new(name, StringType, w => w.Text(4, value));

    /// <summary>Creates an attribute that is a list of numbers.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, IReadOnlyList<float> values) => Each(name, FloatsType, values, static (w, v) => w.Float(7, v));

    /// <summary>Creates an attribute that is a list of whole numbers.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, IReadOnlyList<long> values) => Each(name, IntsType, values, static (w, v) => w.Varint(8, v));

    /// <summary>Creates an attribute that is a list of texts.</summary>
    /// <param name="name">The attribute's name in the ONNX operator set.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxAttribute Of(string name, IReadOnlyList<string> values) => Each(name, StringsType, values, static (w, v) => w.Text(9, v));

    /// <inheritdoc/>
    public override string ToString() => _name;

    internal void Write(ProtobufWriter writer) => _write(writer);

    private static OnnxAttribute Each<T>(string name, int type, IReadOnlyList<T> values, Action<ProtobufWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(values);
        T[] copy = [.. values];
        return new(name, type, w => Array.ForEach(copy, v => write(w, v)));
    }
}
