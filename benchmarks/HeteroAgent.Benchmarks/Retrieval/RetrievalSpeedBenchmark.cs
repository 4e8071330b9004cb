using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Benchmarks;

/// <summary>How long a search over 100,000 passages takes, with its recall against the exact search. The time of the embedding model is not in it.</summary>
internal static class RetrievalSpeedBenchmark
{
    private const int Passages = 100_000;
    private const int Queries = 200;
    private const double MostMilliseconds = 10;
    private const double LeastRecall = 0.98;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string[] sentences = [.. BankData.Documents().SelectMany(static d => d.Text.Split(['\n', '.'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Where(static s => s.Length > 30).Distinct()];
        float[][] real = await EmbedAsync([.. sentences.Where((_, i) => i % Math.Max(1, sentences.Length / 400) == 0)], options.Threads ?? 1).ConfigureAwait(false);
        using MixedEmbeddingGenerator generator = new(real);
        string file = Path.Combine(Path.GetTempPath(), $"heteroagent-speed-{Passages}.index");
        // An index of an earlier run would be used as it is, and the time of making it would be none.
        foreach (string old in new[] { file, file + "-wal", file + "-shm" })
        {
            File.Delete(old);
        }

        using SqlitePassageIndex index = new(file, generator);
        Random random = new(1);
        long start = Stopwatch.GetTimestamp();
        _ = await index.AddAsync(Enumerable.Range(0, Passages).Select(i =>
        {
            string text = string.Join(". ", random.GetItems(sentences, 4));
            return new SourceDocument($"d{i}", sentences[random.Next(sentences.Length)], text.Length > 900 ? text[..900] : text);
        })).ConfigureAwait(false);
        double indexing = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string[] queries = [.. BankData.Tasks().SelectMany(static t => t.Query.Split(". ", StringSplitOptions.TrimEntries)).Where(static s => s.Length is > 40 and < 300 && QueryParts.Split(s, 2).Count == 1).Distinct().Take(Queries)];
        JsonObject figures = new() { ["passages"] = (await index.GetInfoAsync().ConfigureAwait(false)).PassageCount, ["dimensions"] = real[0].Length, ["queries"] = queries.Length, ["indexing_seconds"] = Math.Round(indexing, 1), ["embedding_included"] = false };
        List<string> lines = [$"retrieval-speed: {Passages} passages, one query at a time, ms a search (processor ms)"];
        double hybrid = 0;
        foreach (RetrievalMode mode in new[] { RetrievalMode.Words, RetrievalMode.Vectors, RetrievalMode.Hybrid })
        {
            await MeasureAsync(index, queries, mode).ConfigureAwait(false);
            (double[] times, double cpu) = await MeasureAsync(index, queries, mode).ConfigureAwait(false);
            hybrid = Percentile(times, 0.95);
            figures[mode.ToString().ToLowerInvariant()] = Times(times, cpu);
            lines.Add($"  {mode}: p50 {Percentile(times, 0.5):0.0}, p95 {hybrid:0.0}, p99 {Percentile(times, 0.99):0.0} ({cpu:0.0})");
        }

        (double recall, double[] exact, double exactCpu) = await CompareAsync(index, file, generator, queries, real[0].Length).ConfigureAwait(false);
        figures["exact_float_scan"] = Times(exact, exactCpu);
        figures["recall_at_10_of_exact"] = Math.Round(recall, 4);
        lines.Add($"  exact scan of floats: p50 {Percentile(exact, 0.5):0.0}, p95 {Percentile(exact, 0.95):0.0} ({exactCpu:0.0}); recall@10 of it {recall:0.0000}");
        return new("retrieval-speed", string.Join('\n', lines), hybrid <= MostMilliseconds && recall >= LeastRecall, figures);
    }

    private static async Task<(double[] Times, double Cpu)> MeasureAsync(SqlitePassageIndex index, string[] queries, RetrievalMode mode)
    {
        double[] times = new double[queries.Length];
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < queries.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = await index.RetrieveAsync(queries[i], new() { TopK = 10, Mode = mode }).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return (times, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / queries.Length);
    }

    /// <summary>The peer: every vector as floats in memory, one inner product each.</summary>
    private static async Task<(double Recall, double[] Times, double Cpu)> CompareAsync(SqlitePassageIndex index, string file, MixedEmbeddingGenerator generator, string[] queries, int dimensions)
    {
        List<(string Document, int Start)> passages = [];
        List<float> vectors = [];
        using (SqliteConnection connection = new($"Data Source={file}"))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT d.name, p.start, v.vector FROM vectors v JOIN passages p ON p.id = v.passage JOIN documents d ON d.id = p.document";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                passages.Add((reader.GetString(0), reader.GetInt32(1)));
                vectors.AddRange(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(reader.GetFieldValue<byte[]>(2)));
            }
        }

        float[] table = [.. vectors];
        float[] scores = new float[passages.Count];
        int[] order = new int[passages.Count];
        double[] times = new double[queries.Length];
        int found = 0;
        TimeSpan cpu = TimeSpan.Zero;
        for (int q = 0; q < queries.Length; q++)
        {
            float[] query = (await generator.GenerateAsync([queries[q]]).ConfigureAwait(false))[0].Vector.ToArray();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = -TensorPrimitives.Dot<float>(query, table.AsSpan(i * dimensions, dimensions));
            }

            times[q] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            cpu += Environment.CpuUsage.TotalTime - before;
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            Array.Sort(scores, order);
            HashSet<(string, int)> best = [.. order.Take(10).Select(i => passages[i])];
            found += (await index.RetrieveAsync(queries[q], new() { TopK = 10, Mode = RetrievalMode.Vectors }).ConfigureAwait(false)).Count(p => best.Contains((p.DocumentId, p.Start)));
        }

        return (found / (10.0 * queries.Length), times, cpu.TotalMilliseconds / queries.Length);
    }

    private static async Task<float[][]> EmbedAsync(string[] texts, int threads)
    {
        LlamaModel model = await LlamaModel.LoadAsync(ModelFile.FindShared("models", "all-MiniLM-L6-v2.Q8_0.gguf"), new LlamaModelOptions { Threads = threads, BatchThreads = threads }).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            return [.. (await model.AsIEmbeddingGenerator().GenerateAsync(texts).ConfigureAwait(false)).Select(static e => e.Vector.ToArray())];
        }
    }

    private static JsonObject Times(double[] times, double cpu) => new()
    {
        ["p50_ms"] = Math.Round(Percentile(times, 0.5), 3),
        ["p95_ms"] = Math.Round(Percentile(times, 0.95), 3),
        ["p99_ms"] = Math.Round(Percentile(times, 0.99), 3),
        ["processor_ms"] = Math.Round(cpu, 3),
    };

    private static double Percentile(double[] times, double share) => times.Order().ElementAt((int)Math.Min(times.Length - 1, Math.Ceiling(share * times.Length)));
}
