using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Runs a benchmark on the default model with weights of each type, or on the one model that is named.</summary>
/// <remarks>Types that the shared models lack are requantised from the type that they have, once, into <c>artifacts/models</c>. What such a model writes is a bit worse than that of one quantised from the original; its speed is the same.</remarks>
internal static class WeightTypes
{
    private const string Source = "Q4_1";
    private static readonly string[] All = ["Q4_0", Source, "Q8_0"];

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options, int threads, Func<LlamaModel, BenchmarkOptions, Task<BenchmarkResult>> run)
    {
        List<BenchmarkResult> results = [];
        foreach ((string path, string? source) in await FindAsync(options.ModelPath).ConfigureAwait(false))
        {
            LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { Threads = threads, BatchThreads = threads }).ConfigureAwait(false);
            await using (model.ConfigureAwait(false))
            {
                BenchmarkResult result = await run(model, options).ConfigureAwait(false);
                result.Figures.Insert(1, "requantised_from", source);
                results.Add(result);
            }
        }

        JsonObject figures = new() { ["models"] = new JsonArray([.. results.Select(r => (JsonNode)r.Figures)]) };
        return new BenchmarkResult(results[0].Name, string.Join('\n', results.Select(r => r.Summary)), results.TrueForAll(r => r.Met), figures);
    }

    private static async Task<IReadOnlyList<(string Path, string? Source)>> FindAsync(string? named)
    {
        string source = ModelFile.Find(named);
        if (named is not null)
        {
            return [(source, null)];
        }

        string folder = Directory.CreateDirectory(Path.Combine(ModelFile.Repository(), "artifacts", "models")).FullName;
        List<(string Path, string? Source)> models = [];
        foreach (string type in All)
        {
            string target = type == Source ? source : Path.Combine(folder, Path.GetFileName(source).Replace(Source, type, StringComparison.Ordinal));
            if (!File.Exists(target))
            {
                await ModelQuantizer.QuantizeAsync(source, target, type, new ModelQuantizerOptions { AllowRequantize = true }).ConfigureAwait(false);
            }

            models.Add((target, type == Source ? null : Path.GetFileName(source)));
        }

        return models;
    }
}
