using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>The model's own logger, of the category of this type.</summary>
    internal ILogger Logger => field ??= Options.LoggerFactory?.CreateLogger<LlamaModel>() ?? (ILogger)NullLogger.Instance;

    private void LogLoaded()
    {
        LlamaEvents.ModelLoaded(Logger, Name, Architecture, SizeInBytes, Backend, Options.GpuLayers, ContextLength, Threads, BatchThreads);
        if (Options.GpuLayers > 0 && LlamaRuntime.Current!.DefaultBackend == "CPU")
        {
            LlamaEvents.NoGpu(Logger, Name, Options.GpuLayers);
        }
    }
}
