using HeteroAgent.LlamaCpp;
using LLama;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>LLamaSharp's own load of a model's file, and its greedy sampling pipelines with a grammar, one a schema, kept from answer to answer.</summary>
/// <param name="model">The model as this library loaded it.</param>
/// <param name="threads">The threads.</param>
/// <param name="texts">The grammars' texts.</param>
internal sealed class LlamaSharpModel(LlamaModel model, int threads, GrammarTexts texts) : IDisposable
{
    private readonly Dictionary<string, DefaultSamplingPipeline> _pipelines = [];
    private readonly GrammarSamplers _checked = new(model, texts);
    private LLamaWeights? _weights;

    internal ModelParams Parameters { get; } = new(model.Path!)
    {
        ContextSize = ModelLoading.ContextLength,
        Threads = threads,
        BatchThreads = threads,
        GpuLayerCount = 0,
        LoadMode = LLamaLoadMode.MemoryMap,
    };

    internal LLamaWeights Weights => _weights ??= LLamaWeights.LoadFromFile(Parameters);

    /// <summary>Writes the schema's grammar and has it read once: LLamaSharp does not look whether llama.cpp could read one.</summary>
    /// <exception cref="ContenderException">The schema cannot be written as a grammar, or llama.cpp refuses it.</exception>
    internal async Task PrepareAsync(Request request)
    {
        await texts.PrepareAsync(request).ConfigureAwait(false);
        _checked.Create(request).Dispose();
    }

    /// <summary>The pipeline at the start of the schema's grammar: the likeliest token is tried first, and only where the grammar refuses it are all tokens looked at.</summary>
    internal DefaultSamplingPipeline Pipeline(Request request)
    {
        if (!_pipelines.TryGetValue(request.SchemaKey, out DefaultSamplingPipeline? pipeline))
        {
            pipeline = new DefaultSamplingPipeline
            {
                Grammar = new Grammar(texts.Text(request), "root"),
                GrammarOptimization = DefaultSamplingPipeline.GrammarOptimizationMode.Basic,
                TopK = 1,
                Temperature = 0,
            };
            _pipelines.Add(request.SchemaKey, pipeline);
        }

        pipeline.Reset();
        return pipeline;
    }

    public void Dispose()
    {
        foreach (DefaultSamplingPipeline pipeline in _pipelines.Values)
        {
            pipeline.Dispose();
        }

        _checked.Dispose();
        _weights?.Dispose();
    }
}
