using System.Diagnostics;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Postgres;
using Microsoft.Extensions.AI;
using Npgsql;

namespace HeteroAgent.Benchmarks;

/// <summary>Searches on a PostgreSQL server: by words against what most people write (ts_rank_cd over all the query's words), by vectors against comparing every one.</summary>
internal static class PostgresBenchmark
{
    private const int Passages = 100_000;
    private const int RealVectors = 2000;
    private const int Queries = 100;
    private const int TopK = 10;
    private const double Noise = 0.6;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string connection = options.Connection ?? throw new UsageException("The benchmark postgres needs --connection with the connection string of a server that has pgvector.");
        NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
        await using (source.ConfigureAwait(false))
        {
            await ExecuteAsync(source, "DROP SCHEMA IF EXISTS heteroagent_benchmark CASCADE").ConfigureAwait(false);
            (SourceDocument[] documents, string[] queries) = PostgresCorpus.Make(Passages, Queries);
            using SpreadEmbeddingGenerator generator = await EmbedAsync(options, documents, queries).ConfigureAwait(false);
            PostgresPassageIndex index = new(source, generator, new PostgresPassageIndexOptions { Schema = "heteroagent_benchmark", TablePrefix = "index" });
            Stopwatch watch = Stopwatch.StartNew();
            _ = await index.AddAsync(documents).ConfigureAwait(false);
            double filled = watch.Elapsed.TotalSeconds;
            await ExecuteAsync(source, "VACUUM ANALYZE").ConfigureAwait(false);

            Ranking words = await MeasureAsync(index, queries, RetrievalMode.Words, false).ConfigureAwait(false);
            Ranking allWords = await MeasureAsync(index, queries, RetrievalMode.Words, true).ConfigureAwait(false);
            Ranking plain = await MeasurePlainAsync(source, queries).ConfigureAwait(false);
            Ranking vectors = await MeasureAsync(index, queries, RetrievalMode.Vectors, false).ConfigureAwait(false);
            Ranking allVectors = await MeasureAsync(index, queries, RetrievalMode.Vectors, true).ConfigureAwait(false);
            Ranking hybrid = await MeasureAsync(index, queries, RetrievalMode.Hybrid, false).ConfigureAwait(false);
            double wordRecall = Recall(words, allWords);
            double vectorRecall = Recall(vectors, allVectors);
            JsonObject figures = new()
            {
                ["passages"] = Passages,
                ["queries"] = Queries,
                ["server"] = await ScalarAsync(source, "SELECT split_part(version(), ' ', 2) || ', pgvector ' || (SELECT extversion FROM pg_extension WHERE extname = 'vector')").ConfigureAwait(false),
                ["size"] = await ScalarAsync(source, "SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) FROM pg_class WHERE relnamespace = 'heteroagent_benchmark'::regnamespace AND relkind = 'r'").ConfigureAwait(false),
                ["vectors"] = $"{RealVectors} of all-MiniLM-L6-v2, moved by noise of length {Noise:0.0} for the others",
                ["fill_seconds"] = Math.Round(filled, 1),
                ["words"] = words.ToJson(wordRecall),
                ["words_all_matches_ranked"] = allWords.ToJson(null),
                ["ts_rank_cd_of_any_word"] = plain.ToJson(null),
                ["vectors_hnsw"] = vectors.ToJson(vectorRecall),
                ["vectors_exact"] = allVectors.ToJson(null),
                ["hybrid"] = hybrid.ToJson(null),
            };
            string summary = $"""
                postgres: {Passages:N0} passages, filled in {filled:0} s, {Queries} queries
                  words   p50 {words.At(.5):0.0} ms, p95 {words.At(.95):0.0} ms, recall@10 {wordRecall:0.000} of ranking every match (p95 {allWords.At(.95):0.0} ms; ts_rank_cd {plain.At(.95):0.0} ms)
                  vectors p50 {vectors.At(.5):0.0} ms, p95 {vectors.At(.95):0.0} ms, recall@10 {vectorRecall:0.000} of the exact search (p95 {allVectors.At(.95):0.0} ms)
                  hybrid  p50 {hybrid.At(.5):0.0} ms, p95 {hybrid.At(.95):0.0} ms
                """;
            return new BenchmarkResult("postgres", summary, vectorRecall >= 0.98 && vectors.At(.95) <= 10, figures);
        }
    }

    private static async Task<SpreadEmbeddingGenerator> EmbedAsync(BenchmarkOptions options, SourceDocument[] documents, string[] queries)
    {
        LlamaModelOptions threads = new() { Threads = options.Threads, BatchThreads = options.Threads };
        LlamaModel model = await LlamaModel.LoadAsync(ModelFile.FindShared("models", "all-MiniLM-L6-v2.Q8_0.gguf"), threads).ConfigureAwait(false);
        await using (model.ConfigureAwait(false))
        {
            using IEmbeddingGenerator<string, Embedding<float>> generator = model.AsIEmbeddingGenerator(new() { Truncate = true });
            List<float[]> made = [];
            foreach (string[] texts in documents.Take(RealVectors).Select(static d => d.Text[..Math.Min(d.Text.Length, 120)]).Concat(queries).Chunk(200))
            {
                made.AddRange((await generator.GenerateAsync(texts).ConfigureAwait(false)).Select(static e => e.Vector.ToArray()));
            }

            return new SpreadEmbeddingGenerator([.. made.Take(RealVectors)], queries.Zip(made.Skip(RealVectors)).DistinctBy(static p => p.First).ToDictionary(static p => p.First, static p => p.Second), Noise);
        }
    }

    private static async Task<Ranking> MeasureAsync(PostgresPassageIndex index, string[] queries, RetrievalMode mode, bool exact)
    {
        index.Exact = exact;
        RetrievalOptions options = new() { Mode = mode, TopK = TopK };
        return await TimeAsync(queries, async q => [.. (await index.RetrieveAsync(q, options).ConfigureAwait(false)).Select(static p => p.DocumentId)]).ConfigureAwait(false);
    }

    private static Task<Ranking> MeasurePlainAsync(NpgsqlDataSource source, string[] queries) => TimeAsync(queries, async q =>
    {
        NpgsqlCommand command = source.CreateCommand("""
            SELECT w.passage::text FROM heteroagent_benchmark.index_words w, (SELECT replace(plainto_tsquery('english', $1)::text, '&', '|')::tsquery AS query) q
            WHERE w.terms @@ q.query ORDER BY ts_rank_cd(w.terms, q.query) DESC LIMIT 10
            """);
        await using (command.ConfigureAwait(false))
        {
            _ = command.Parameters.Add(new NpgsqlParameter { Value = q });
            List<string> ids = [];
            NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    ids.Add(reader.GetString(0));
                }
            }

            return [.. ids];
        }
    });

    private static async Task<Ranking> TimeAsync(string[] queries, Func<string, Task<string[]>> search)
    {
        foreach (string query in queries.Take(20))
        {
            _ = await search(query).ConfigureAwait(false);
        }

        List<string[]> found = [];
        List<double> milliseconds = [];
        foreach (string query in queries)
        {
            long start = Stopwatch.GetTimestamp();
            found.Add(await search(query).ConfigureAwait(false));
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new Ranking(found, milliseconds);
    }

    private static double Recall(Ranking found, Ranking exact) => found.Found.Zip(exact.Found, static (f, e) => e.Length == 0 ? 1 : (double)f.Intersect(e).Count() / e.Length).Average();

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        NpgsqlCommand command = source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = 0;
            _ = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private static async Task<string> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        NpgsqlCommand command = source.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            return (string)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
        }
    }

    private sealed record Ranking(List<string[]> Found, List<double> Milliseconds)
    {
        public double At(double quantile) => Milliseconds.Order().ElementAt((int)Math.Ceiling(quantile * Milliseconds.Count) - 1);

        public JsonObject ToJson(double? recall)
        {
            JsonObject json = new() { ["p50_ms"] = Math.Round(At(.5), 2), ["p95_ms"] = Math.Round(At(.95), 2) };
            if (recall is { } share)
            {
                json["recall_at_10_of_exact"] = Math.Round(share, 4);
            }

            return json;
        }
    }
}
