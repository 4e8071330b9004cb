using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Recall of the documents that a task of tau2-banking needs, its instructions being the query; all of it with the defaults.</summary>
internal static class RetrievalBenchmark
{
    // Whole documents, plain BM25, MiniLM over the whole query, and the two fused by reciprocal rank, measured outside this project.
    private static readonly Dictionary<RetrievalMode, (double At10, double At20)> Baseline = new()
    {
        [RetrievalMode.Words] = (0.18, 0.26),
        [RetrievalMode.Vectors] = (0.25, 0.35),
        [RetrievalMode.Hybrid] = (0.26, 0.41),
    };

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        LlamaModel model = await LlamaModel.LoadAsync(ModelFile.FindShared("models", "all-MiniLM-L6-v2.Q8_0.gguf"), new LlamaModelOptions { Threads = options.Threads ?? 1, BatchThreads = options.Threads ?? 1 }).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator();
            // The vectors take minutes; an index that is up to date is used as it is.
            using SqlitePassageIndex index = new(Path.Combine(Path.GetTempPath(), "heteroagent-tau2-banking.index"), generator);
            _ = await index.AddAsync(BankData.Documents()).ConfigureAwait(false);
            PassageIndexInfo info = await index.GetInfoAsync().ConfigureAwait(false);
            IReadOnlyList<BankData.BankTask> tasks = BankData.Tasks();
            JsonObject figures = new() { ["documents"] = info.DocumentCount, ["passages"] = info.PassageCount, ["tasks"] = tasks.Count, ["embedding_model"] = info.EmbeddingModel };
            List<string> lines = [$"retrieval: recall@10 and @20 of the required documents, {tasks.Count} tasks, {info.DocumentCount} documents"];
            bool met = true;
            foreach (RetrievalMode mode in new[] { RetrievalMode.Words, RetrievalMode.Vectors, RetrievalMode.Hybrid })
            {
                (double at10, double at20)[] recalls = new (double, double)[tasks.Count];
                for (int i = 0; i < tasks.Count; i++)
                {
                    IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync(tasks[i].Query, new() { TopK = 200, Mode = mode }).ConfigureAwait(false);
                    string[] documents = [.. found.Select(static p => p.DocumentId).Distinct()];
                    recalls[i] = (Recall(documents, 10, tasks[i].Required), Recall(documents, 20, tasks[i].Required));
                }

                double mean10 = recalls.Average(static r => r.at10);
                double mean20 = recalls.Average(static r => r.at20);
                met &= mean10 > Baseline[mode].At10 && mean20 > Baseline[mode].At20;
                figures[mode.ToString().ToLowerInvariant()] = new JsonObject
                {
                    ["recall_at_10"] = Math.Round(mean10, 4),
                    ["recall_at_20"] = Math.Round(mean20, 4),
                    ["recall_at_10_even_tasks"] = Math.Round(recalls.Where(static (_, i) => i % 2 == 0).Average(static r => r.at10), 4),
                    ["recall_at_10_odd_tasks"] = Math.Round(recalls.Where(static (_, i) => i % 2 == 1).Average(static r => r.at10), 4),
                    ["recall_at_20_even_tasks"] = Math.Round(recalls.Where(static (_, i) => i % 2 == 0).Average(static r => r.at20), 4),
                    ["recall_at_20_odd_tasks"] = Math.Round(recalls.Where(static (_, i) => i % 2 == 1).Average(static r => r.at20), 4),
                    ["baseline_at_10"] = Baseline[mode].At10,
                    ["baseline_at_20"] = Baseline[mode].At20,
                };
                lines.Add($"  {mode}: {mean10:0.000} {mean20:0.000} (baseline {Baseline[mode].At10:0.00} {Baseline[mode].At20:0.00})");
            }

            return new("retrieval", string.Join('\n', lines), met, figures);
        }
    }

    private static double Recall(string[] ranked, int count, IReadOnlySet<string> required) => ranked.Take(count).Count(required.Contains) / (double)required.Count;
}
