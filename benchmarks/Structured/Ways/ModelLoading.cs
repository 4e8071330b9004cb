using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Loads a model the same way for every contender in this process.</summary>
internal static class ModelLoading
{
    /// <summary>The KV cache of every contender, in tokens.</summary>
    internal const int ContextLength = 8192;

    internal static Task<LlamaModel> LoadAsync(string path, int threads) => LlamaModel.LoadAsync(path, new LlamaModelOptions
    {
        ContextLength = ContextLength,
        Threads = threads,
        BatchThreads = threads,
        GpuLayers = 0,
        ChatTemplate = GgufFile.Read(path).ChatTemplate is null ? "chatml" : null,
    });
}
