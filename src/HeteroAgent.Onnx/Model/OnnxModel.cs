using System.Collections.Frozen;
using Microsoft.ML.OnnxRuntime;

namespace HeteroAgent.Onnx;

/// <summary>An ONNX model that is loaded and ready to run: ONNX Runtime's session behind checks that name what is wrong.</summary>
/// <remarks>
/// <para>Thread-safe: several threads may run one model at once. Dispose it when no run is under way.</para>
/// <para>Inputs and outputs are <see cref="OrtValue"/>s, which hold every element type of ONNX and strings. What goes in stays the caller's; what comes out is the caller's to dispose.</para>
/// </remarks>
public sealed class OnnxModel : IDisposable
{
    private readonly FrozenDictionary<string, OnnxTensorInfo> _inputs;
    private readonly FrozenDictionary<string, OnnxTensorInfo> _outputs;

    private OnnxModel(InferenceSession session, string name)
    {
        Session = session;
        Name = name;
        Inputs = [.. session.InputNames.Select(n => Describe(n, session.InputMetadata[n]))];
        Outputs = [.. session.OutputNames.Select(n => Describe(n, session.OutputMetadata[n]))];
        _inputs = Inputs.ToFrozenDictionary(static i => i.Name);
        _outputs = Outputs.ToFrozenDictionary(static o => o.Name);
        Metadata = session.ModelMetadata.CustomMetadataMap.AsReadOnly();
    }

    /// <summary>Gets the model's name for messages: its path, or <c>the model</c> where it was loaded from memory.</summary>
    public string Name { get; }

    /// <summary>Gets the inputs in the model's order.</summary>
    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    /// <summary>Gets the outputs in the model's order.</summary>
    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    /// <summary>Gets the properties that the model's maker stored with it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Gets the session, for what this class does not offer. It is disposed with the model.</summary>
    public InferenceSession Session { get; }

    /// <summary>Loads a model from a file. Weights that the model keeps in files beside it are found there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to run it; <see langword="null"/> for the defaults.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxException">The file is no ONNX model or a damaged one, or ONNX Runtime or the provider is missing.</exception>
    public static OnnxModel Load(string path, OnnxModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        ModelHeader.Check(File.ReadAllBytes(path), $"'{path}'");
        return Create(o => new(path, o), $"'{path}'", options);
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="options">How to run it; <see langword="null"/> for the defaults.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="bytes"/> is <see langword="null"/>.</exception>
    /// <exception cref="OnnxException">The bytes are no ONNX model or a damaged one, or ONNX Runtime or the provider is missing.</exception>
    public static OnnxModel Load(byte[] bytes, OnnxModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ModelHeader.Check(bytes, "the model");
        return Create(o => new(bytes, o), "the model", options);
    }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">One value for each of <see cref="Inputs"/>, by name.</param>
    /// <param name="outputs">The names of the outputs wanted; <see langword="null"/> for all, in the order of <see cref="Outputs"/>.</param>
    /// <param name="cancellationToken">Ends the run at its next operator.</param>
    /// <returns>The values in the order asked for; disposing the collection disposes them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="inputs"/> is <see langword="null"/>.</exception>
    /// <exception cref="OnnxException">A name, an element type or a shape is not the model's, or the run failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string>? outputs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckNames(inputs, outputs);
        foreach (OnnxTensorInfo input in Inputs)
        {
            CheckValue(input, inputs[input.Name]);
        }

        cancellationToken.ThrowIfCancellationRequested();
        using RunOptions run = new();
        using CancellationTokenRegistration registration = cancellationToken.Register(static r => ((RunOptions)r!).Terminate = true, run);
        try
        {
            return Session.Run(run, inputs, outputs ?? Session.OutputNames);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new OnnxException(OnnxError.Run, $"ONNX Runtime could not run {Name}: {e.Message}", e);
        }
    }

    /// <summary>Gets a property that the model's maker must have stored with it.</summary>
    /// <param name="key">The property's name.</param>
    /// <returns>Its value.</returns>
    /// <exception cref="OnnxException">The model has no such property.</exception>
    public string RequireMetadata(string key) => Metadata.TryGetValue(key, out string? value)
        ? value
        : throw new OnnxException(OnnxError.Foreign, $"{Name} was not made for this use: it has no property '{key}'{(Metadata.Count == 0 ? " and no others" : $", only {string.Join(", ", Metadata.Keys.Order(StringComparer.Ordinal))}")}.");

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    private static OnnxModel Create(Func<SessionOptions, InferenceSession> load, string name, OnnxModelOptions? options)
    {
        using SessionOptions session = (options ?? new()).ToSessionOptions();
        try
        {
            return new(load(session), name);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxException(OnnxError.Damaged, $"ONNX Runtime {OnnxRuntime.Version} refuses {name}: {e.Message}", e);
        }
    }

    private static OnnxTensorInfo Describe(string name, NodeMetadata node) =>
        node.IsTensor ? new(name, node.ElementDataType, [.. node.Dimensions.Select(static d => (long)d)]) : new(name, default, []);

    private void CheckNames(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string>? outputs)
    {
        if (inputs.Keys.FirstOrDefault(n => !_inputs.ContainsKey(n)) is { } unknown)
        {
            throw new OnnxException(OnnxError.Name, $"{Name} has no input '{unknown}'; it takes {string.Join("; ", Inputs)}.");
        }

        if (Inputs.FirstOrDefault(i => !inputs.ContainsKey(i.Name)) is { } missing)
        {
            throw new OnnxException(OnnxError.Name, $"{Name} needs the input {missing}, and it is missing.");
        }

        if (outputs?.FirstOrDefault(n => !_outputs.ContainsKey(n)) is { } output)
        {
            throw new OnnxException(OnnxError.Name, $"{Name} has no output '{output}'; it gives {string.Join("; ", Outputs)}.");
        }
    }

    private void CheckValue(OnnxTensorInfo input, OrtValue? value)
    {
        if (value is null)
        {
            throw new OnnxException(OnnxError.Name, $"The input {input} of {Name} is null.");
        }

        if (!value.IsTensor)
        {
            return; // Sequences and maps are ONNX Runtime's to check.
        }

        OrtTensorTypeAndShapeInfo given = value.GetTensorTypeAndShape();
        if (given.ElementDataType != input.ElementType)
        {
            throw new OnnxException(OnnxError.ElementType, $"The input {input} of {Name} was given elements of type {given.ElementDataType}.");
        }

        if (!input.Fits(given.Shape))
        {
            throw new OnnxException(OnnxError.Shape, $"The input {input} of {Name} was given the shape {OnnxTensorInfo.Shape(given.Shape)}.");
        }
    }
}
