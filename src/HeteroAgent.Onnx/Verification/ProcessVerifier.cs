using Microsoft.ML.OnnxRuntime;

namespace HeteroAgent.Onnx;

/// <summary>A process verifier over an ONNX file: small trees over readable features of the text score each step, in well under the time of one token of a language model.</summary>
/// <remarks>
/// <para>Thread-safe. Dispose it when no call is under way.</para>
/// <para>Exact rules (arithmetic, numbers from nowhere, contradictions) give the readable reasons; the trees, which see the rules' findings and the form and words of the steps, give the scores. The threshold depends on the kind of trace; a kind that the model was not calibrated on is scored with <see cref="VerificationResult.IsAbstained"/> set.</para>
/// <para>The Reasoning Integrity Score is the mean of the step scores; it lies below 0.8 exactly where the trace counts as flawed, and only then is there a first error.</para>
/// </remarks>
public sealed class ProcessVerifier : IProcessVerifier, IDisposable
{
    private readonly OnnxModel _model;
    private readonly double _stepShare;
    private readonly IReadOnlyDictionary<string, double> _thresholds;

    private ProcessVerifier(OnnxModel model)
    {
        try
        {
            _model = model;
            (_stepShare, _thresholds) = VerifierFile.Read(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Gets the properties that were stored with the model, such as its data and licence.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _model.Metadata;

    /// <summary>Loads a verifier from a file.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <returns>The verifier, to be disposed by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxException">The file is no process verifier, a damaged one, or one for other features; or ONNX Runtime is missing.</exception>
    public static ProcessVerifier Load(string path) => new(OnnxModel.Load(path));

    /// <summary>Loads a verifier from memory.</summary>
    /// <param name="bytes">The whole ONNX file, as <see cref="ProcessVerifierTrainer.Train"/> gives it.</param>
    /// <returns>The verifier, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="bytes"/> is <see langword="null"/>.</exception>
    /// <exception cref="OnnxException">The bytes are no process verifier, a damaged one, or one for other features; or ONNX Runtime is missing.</exception>
    public static ProcessVerifier Load(byte[] bytes) => new(OnnxModel.Load(bytes));

    /// <inheritdoc/>
    /// <exception cref="OnnxException">ONNX Runtime failed.</exception>
    public ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Verify(trace, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private VerificationResult Verify(ReasoningTrace trace, CancellationToken cancellationToken)
    {
        TraceFeatures features = TraceFeatures.Of(trace, cancellationToken);
        TraceScore score = Score(features, cancellationToken);
        bool known = _thresholds.TryGetValue(features.Domain, out double threshold);
        return score.ToResult(known ? threshold : _thresholds[VerifierFile.AnyDomain], features.Domain, !known, features.Reasons);
    }

    private TraceScore Score(TraceFeatures features, CancellationToken cancellationToken)
    {
        float[] row = new float[TraceFeatures.TraceWidth];
        features.Trace(row);
        using OrtValue steps = OrtValue.CreateTensorValueFromMemory(features.Steps, [features.StepCount, TraceFeatures.StepWidth]);
        using OrtValue trace = OrtValue.CreateTensorValueFromMemory(row, [1, TraceFeatures.TraceWidth]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = _model.Run(
            new Dictionary<string, OrtValue> { [VerifierFile.StepInput] = steps, [VerifierFile.TraceInput] = trace }, [VerifierFile.StepOutput, VerifierFile.TraceOutput], cancellationToken);
        double[] hazards = new double[features.StepCount];
        ReadOnlySpan<float> margins = outputs[0].GetTensorDataAsSpan<float>();
        for (int i = 0; i < hazards.Length; i++)
        {
            hazards[i] = margins[i];
        }

        return TraceScore.Of(hazards, outputs[1].GetTensorDataAsSpan<float>()[0], _stepShare);
    }
}
