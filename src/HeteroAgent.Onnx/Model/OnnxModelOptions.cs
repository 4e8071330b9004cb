using Microsoft.ML.OnnxRuntime;

namespace HeteroAgent.Onnx;

/// <summary>How an <see cref="OnnxModel"/> runs.</summary>
public sealed record OnnxModelOptions
{
    private readonly int _threads = 1;

    /// <summary>Gets the number of threads within one operator.</summary>
    /// <value>Default 1: the models here are small, and threads beside a language model's cost more than they save.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 and 1,024.</exception>
    public int Threads
    {
        get => _threads;
        init => _threads = value is >= 1 and <= 1024 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Between 1 and 1,024 threads can be used.");
    }

    /// <summary>Gets the execution providers in order of preference, such as <c>CUDAExecutionProvider</c>; the CPU always comes last.</summary>
    /// <value>Default empty: the CPU.</value>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Gets how far the graph is optimised when it is loaded.</summary>
    /// <value>Default <see cref="GraphOptimizationLevel.ORT_ENABLE_ALL"/>.</value>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    internal SessionOptions ToSessionOptions()
    {
        string[] available = [.. OnnxRuntime.Providers];
        string? missing = Providers.FirstOrDefault(p => !available.Contains(p, StringComparer.OrdinalIgnoreCase));
        if (missing is not null)
        {
            throw new OnnxException(OnnxError.ProviderMissing, $"The execution provider '{missing}' is not in the native library of ONNX Runtime {OnnxRuntime.Version}; it has {string.Join(", ", available)}.");
        }

        SessionOptions options = new()
        {
            IntraOpNumThreads = Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = Optimization,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            foreach (string provider in Providers)
            {
                Append(options, available.First(p => p.Equals(provider, StringComparison.OrdinalIgnoreCase)));
            }

            return options;
        }
        catch (OnnxRuntimeException e)
        {
            options.Dispose();
            throw new OnnxException(OnnxError.ProviderMissing, $"An execution provider of {string.Join(", ", Providers)} could not be set up: {e.Message}", e);
        }
    }

    private static void Append(SessionOptions options, string provider)
    {
        const string Suffix = "ExecutionProvider";
        switch (provider)
        {
            case "CPUExecutionProvider":
                break;
            case "CUDAExecutionProvider":
                options.AppendExecutionProvider_CUDA();
                break;
            case "TensorrtExecutionProvider":
                options.AppendExecutionProvider_Tensorrt();
                break;
            case "DmlExecutionProvider":
                options.AppendExecutionProvider_DML();
                break;
            default:
                options.AppendExecutionProvider(provider.EndsWith(Suffix, StringComparison.Ordinal) ? provider[..^Suffix.Length] : provider);
                break;
        }
    }
}
