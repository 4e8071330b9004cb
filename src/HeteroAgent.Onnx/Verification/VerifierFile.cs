using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeteroAgent.Onnx;

/// <summary>The form of a process verifier's ONNX file: two tree ensembles, and what else is needed as properties.</summary>
internal static class VerifierFile
{
    public const string AnyDomain = "any";
    public const string StepInput = "steps";
    public const string TraceInput = "trace";
    public const string StepOutput = "step_margin";
    public const string TraceOutput = "trace_margin";

    private const string Kind = "heteroagent.process_verifier";
    private const string Version = "1";
    private const string Features = "heteroagent.features";
    private const string Share = "heteroagent.step_share";
    private const string ThresholdsKey = "heteroagent.thresholds";

    /// <summary>A digest of the feature names: a model is only good for the features that it was grown on.</summary>
    public static string FeatureDigest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', TraceFeatures.TraceNames))))[..16];

    public static byte[] Write(VerifierTrees trees, IReadOnlyDictionary<string, double> thresholds, IReadOnlyDictionary<string, string> properties)
    {
        OnnxModelWriter writer = new OnnxModelWriter("process-verifier")
            .Input(StepInput, TensorElementType.Float, -1, TraceFeatures.StepWidth)
            .Input(TraceInput, TensorElementType.Float, -1, TraceFeatures.TraceWidth)
            .Trees(trees.Step, StepInput, StepOutput)
            .Trees(trees.Trace, TraceInput, TraceOutput)
            .Output(StepOutput, TensorElementType.Float, -1, 1)
            .Output(TraceOutput, TensorElementType.Float, -1, 1);
        foreach ((string key, string value) in properties)
        {
            writer.Property(key, value);
        }

        return writer
            .Property(Kind, Version)
            .Property(Features, FeatureDigest)
            .Property(Share, trees.StepShare.ToString("R", CultureInfo.InvariantCulture))
            .Property(ThresholdsKey, JsonSerializer.Serialize(new SortedDictionary<string, double>(thresholds.ToDictionary(), StringComparer.Ordinal), VerifierJson.Default.SortedDictionaryStringDouble))
            .ToArray();
    }

    /// <summary>Reads what stands beside the trees.</summary>
    /// <exception cref="OnnxException">The model is no process verifier, or one for other features.</exception>
    public static (double StepShare, IReadOnlyDictionary<string, double> Thresholds) Read(OnnxModel model)
    {
        if (model.RequireMetadata(Kind) is not Version and var version)
        {
            throw new OnnxException(OnnxError.Foreign, $"{model.Name} is a process verifier of version '{version}'; this library reads version {Version}.");
        }

        if (model.RequireMetadata(Features) != FeatureDigest)
        {
            throw new OnnxException(OnnxError.Foreign, $"{model.Name} was trained on other features (digest {model.Metadata[Features]}) than this version of the library computes ({FeatureDigest}); train it again.");
        }

        try
        {
            double share = double.Parse(model.RequireMetadata(Share), CultureInfo.InvariantCulture);
            SortedDictionary<string, double>? thresholds = JsonSerializer.Deserialize(model.RequireMetadata(ThresholdsKey), VerifierJson.Default.SortedDictionaryStringDouble);
            if (thresholds?.ContainsKey(AnyDomain) == true && thresholds.Values.All(double.IsFinite) && double.IsFinite(share))
            {
                return (share, thresholds);
            }

            throw new OnnxException(OnnxError.Foreign, $"The thresholds of {model.Name} lack '{AnyDomain}' or are no numbers.");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new OnnxException(OnnxError.Foreign, $"The properties of {model.Name} are damaged: {e.Message}", e);
        }
    }
}
