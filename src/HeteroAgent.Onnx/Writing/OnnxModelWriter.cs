using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeteroAgent.Onnx;

/// <summary>Writes an ONNX file: a graph of operators with its inputs, constants, outputs and properties.</summary>
/// <remarks>
/// <para>Not thread-safe. Operators are written in the order they are added, which must be an order they can run in.</para>
/// <para>The files ask for operator set 17 and <c>ai.onnx.ml</c> 3, which ONNX Runtime reads since 1.12. What is not arithmetic on numbers, such as hashing the words of a text into a vector, stays outside the graph: the caller's code makes the input, and the model's properties say how.</para>
/// </remarks>
public sealed partial class OnnxModelWriter
{
    /// <summary>The operator set of trees and other classical models: <c>ai.onnx.ml</c>.</summary>
    public const string MachineLearningDomain = "ai.onnx.ml";

    private const int IrVersion = 8;
    private const int OperatorSet = 17;
    private const int MachineLearningOperatorSet = 3;

    private readonly string _name;
    private readonly List<Action<ProtobufWriter>> _nodes = [];
    private readonly List<Action<ProtobufWriter>> _constants = [];
    private readonly List<Action<ProtobufWriter>> _inputs = [];
    private readonly List<Action<ProtobufWriter>> _outputs = [];
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _domains = [""];
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Creates a writer.</summary>
    /// <param name="name">The graph's name.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public OnnxModelWriter(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
    }

    /// <summary>Adds an input.</summary>
    /// <param name="name">Its name, not used before.</param>
    /// <param name="type">The type of an element.</param>
    /// <param name="dimensions">The extent of each dimension, -1 where it may be any; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or an extent is below -1.</exception>
    public OnnxModelWriter Input(string name, TensorElementType type, params ReadOnlySpan<long> dimensions)
    {
        Define(name);
        _inputs.Add(Value(name, type, dimensions));
        return this;
    }

    /// <summary>Adds an output.</summary>
    /// <param name="name">The name of a value that an operator gives.</param>
    /// <param name="type">The type of an element.</param>
    /// <param name="dimensions">The extent of each dimension, -1 where it may be any; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">No value has that name, or an extent is below -1.</exception>
    public OnnxModelWriter Output(string name, TensorElementType type, params ReadOnlySpan<long> dimensions)
    {
        Require(name);
        _outputs.Add(Value(name, type, dimensions));
        return this;
    }

    /// <summary>Adds a constant, such as a layer's weights.</summary>
    /// <param name="name">Its name, not used before.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="dimensions">The extent of each dimension; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or the extents do not make the number of elements.</exception>
    public OnnxModelWriter Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions) =>
        Constant(name, TensorElementType.Float, MemoryMarshal.AsBytes(values).ToArray(), values.Length, dimensions);

    /// <summary>Adds a constant of whole numbers, such as a shape.</summary>
    /// <param name="name">Its name, not used before.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="dimensions">The extent of each dimension; none for a scalar.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or the extents do not make the number of elements.</exception>
    public OnnxModelWriter Constant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> dimensions) =>
        Constant(name, TensorElementType.Int64, MemoryMarshal.AsBytes(values).ToArray(), values.Length, dimensions);

    /// <summary>Adds an operator.</summary>
    /// <param name="type">Its name in the ONNX operator set, such as <c>Gemm</c>.</param>
    /// <param name="inputs">The values it takes, in its order.</param>
    /// <param name="outputs">The names of the values it gives, not used before.</param>
    /// <param name="attributes">Its constants.</param>
    /// <param name="domain">Its operator set: empty for ONNX's own, or <see cref="MachineLearningDomain"/>.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">A name is empty, an input is unknown, an output's name is taken, or the domain is another.</exception>
    public OnnxModelWriter Operator(string type, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, IReadOnlyList<OnnxAttribute>? attributes = null, string domain = "")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        if (domain is not ("" or MachineLearningDomain))
        {
            throw new ArgumentException($"The operator set '{domain}' is not written here; it is empty for ONNX's own, or {MachineLearningDomain}.", nameof(domain));
        }

        foreach (string input in inputs)
        {
            Require(input);
        }

        foreach (string output in outputs)
        {
            Define(output);
        }

        string[] takes = [.. inputs];
        string[] gives = [.. outputs];
        OnnxAttribute[] with = [.. attributes ?? []];
        _domains.Add(domain);
        _nodes.Add(w =>
        {
            Array.ForEach(takes, i => w.Text(1, i));
            Array.ForEach(gives, o => w.Text(2, o));
            w.Text(4, type);
            Array.ForEach(with, a => w.Message(5, a.Write));
            if (domain.Length > 0)
            {
                w.Text(7, domain);
            }
        });
        return this;
    }

    /// <summary>Stores a property with the model; <see cref="OnnxModel.Metadata"/> reads it. A key that is there already is replaced.</summary>
    /// <param name="key">The property's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is <see langword="null"/>.</exception>
    public OnnxModelWriter Property(string key, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(value);
        _metadata[key] = value;
        return this;
    }

    /// <summary>Gives the file. The same calls give the same bytes.</summary>
    /// <returns>The whole file.</returns>
    /// <exception cref="InvalidOperationException">There is no output.</exception>
    public byte[] ToArray()
    {
        if (_outputs.Count == 0)
        {
            throw new InvalidOperationException("An ONNX graph has at least one output; this one has none yet.");
        }

        ProtobufWriter model = new();
        model.Varint(1, IrVersion);
        model.Text(2, "HeteroAgent");
        model.Message(7, WriteGraph);
        foreach (string domain in _domains.Order(StringComparer.Ordinal))
        {
            model.Message(8, w =>
            {
                w.Text(1, domain);
                w.Varint(2, domain.Length == 0 ? OperatorSet : MachineLearningOperatorSet);
            });
        }

        foreach ((string key, string value) in _metadata)
        {
            model.Message(14, w =>
            {
                w.Text(1, key);
                w.Text(2, value);
            });
        }

        return model.Written.ToArray();
    }

    private void WriteGraph(ProtobufWriter graph)
    {
        _nodes.ForEach(n => graph.Message(1, n));
        graph.Text(2, _name);
        _constants.ForEach(c => graph.Message(5, c));
        _inputs.ForEach(i => graph.Message(11, i));
        _outputs.ForEach(o => graph.Message(12, o));
    }

    private static Action<ProtobufWriter> Value(string name, TensorElementType type, ReadOnlySpan<long> dimensions)
    {
        long[] shape = [.. dimensions];
        if (Array.Find(shape, static d => d < -1) is < -1 and long bad)
        {
            throw new ArgumentException($"The extent {bad} of '{name}' must be at least 0, or -1 for any.", nameof(dimensions));
        }

        return value =>
        {
            value.Text(1, name);
            value.Message(2, t => t.Message(1, tensor =>
            {
                tensor.Varint(1, (int)type);
                tensor.Message(2, s => Array.ForEach(shape, d => s.Message(1, extent =>
                {
                    if (d >= 0)
                    {
                        extent.Varint(1, d);
                    }
                })));
            }));
        };
    }

    private OnnxModelWriter Constant(string name, TensorElementType type, byte[] raw, int count, ReadOnlySpan<long> dimensions)
    {
        long[] shape = [.. dimensions];
        if (shape.Aggregate(1L, static (product, d) => product * d) != count)
        {
            throw new ArgumentException($"The constant '{name}' has {count} elements, which are not of the shape {OnnxTensorInfo.Shape(shape)}.", nameof(dimensions));
        }

        Define(name);
        _constants.Add(w =>
        {
            Array.ForEach(shape, d => w.Varint(1, d));
            w.Varint(2, (int)type);
            w.Text(8, name);
            w.Bytes(9, raw);
        });
        return this;
    }

    private void Define(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!_values.Add(name))
        {
            throw new ArgumentException($"There is a value '{name}' already; each name is given once.", nameof(name));
        }
    }

    private void Require(string name)
    {
        if (!_values.Contains(name ?? ""))
        {
            throw new ArgumentException($"No input, constant or operator gives a value '{name}' yet.", nameof(name));
        }
    }
}
