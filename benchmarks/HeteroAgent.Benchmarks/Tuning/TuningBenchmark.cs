using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Full training of the starter's shape against llama.cpp's own on the same weights and tokens, and against what the matrix products alone would take.</summary>
/// <remarks>
/// llama.cpp steps after every sequence and shares its matrices out among threads; the library shares sequences out, so on n threads it steps after n of them.
/// llama.cpp's gradient leaves the embeddings out and is not clipped; the library's trains and clips them too.
/// Where this build of llama.cpp cannot train, its figures are absent and only the limit is judged.
/// The limit counts the products with weights alone. It is judged on requests as the starter's are; with every position of a long sequence as a target, attention and softmax come on top.
/// </remarks>
internal static class TuningBenchmark
{
    private const double RatioTarget = 2;
    private const double LimitTarget = 0.6;
    private const int Count = 16;

    /// <summary>As the starter is trained: its requests have about 20 tokens, and a step has 64 of them.</summary>
    private const int RequestsPerStep = 64;

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("heteroagent-tuning-").FullName;
        try
        {
            string file = Path.Combine(folder, "model.gguf");
            TransformerShape shape = TrainingModel.Write(file);
            int[][] tokens = TrainingModel.Sequences(shape, Count, TrainingModel.Sequence);
            JsonArray runs = [];
            List<string> lines = [];
            bool met = true;
            bool supported = EngineTraining.IsSupported(file);
            foreach (int threads in options.Threads is { } one ? [one] : (int[])[1, .. Environment.ProcessorCount > 1 ? [Environment.ProcessorCount] : Array.Empty<int>()])
            {
                (JsonObject run, string line, bool reached) = await MeasureAsync(shape, file, tokens, supported, threads, options.Rounds ?? 7).ConfigureAwait(false);
                runs.Add(run);
                lines.Add(line);
                met &= reached;
            }

            LibraryTraining trained = new(shape, file, 1);
            JsonObject figures = new()
            {
                ["shape"] = $"width {shape.Width}, {shape.Layers} layers, {shape.Heads} heads, feed-forward {shape.FeedForward}, vocabulary {shape.VocabularySize}",
                ["matrix_parameters"] = TrainingModel.MatrixParameters(shape),
                ["sequence"] = TrainingModel.Sequence,
                ["vector_bits"] = MatrixProduct.IsWide ? 512 : System.Numerics.Vector<float>.Count * 32,
                ["target_ratio_at_least"] = RatioTarget,
                ["target_share_of_limit_at_least"] = LimitTarget,
                ["llama_cpp"] = supported ? "llama_opt_epoch" : "llama_opt_epoch of this build cannot train a model with a KV cache and ends the process",
                ["threads"] = runs,
                ["breakdown_every_position"] = new StepBreakdown(shape, trained.Network, LibraryTraining.EveryPosition(tokens[..2])).Measure(),
                ["breakdown_short_requests_answers_only"] = new StepBreakdown(shape, trained.Network, LibraryTraining.AnswerOnly(TrainingModel.Sequences(shape, 25, 20), 8)).Measure(),
            };
            return new BenchmarkResult("tuning", string.Join('\n', lines), met, figures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(JsonObject Run, string Line, bool Met)> MeasureAsync(TransformerShape shape, string file, int[][] tokens, bool supported, int threads, int rounds)
    {
        TrainingSequence[] every = LibraryTraining.EveryPosition(tokens);
        TrainingSequence[] answers = LibraryTraining.AnswerOnly(tokens, TrainingModel.Sequence / 4);
        TrainingSequence[] requests = LibraryTraining.AnswerOnly(TrainingModel.Sequences(shape, 256, 20), 8);
        LibraryTraining library = new(shape, file, threads);
        using EngineTraining? engine = supported ? new(file, tokens, threads) : null;

        // The same weights, so the same loss at the first step; llama.cpp gives the mean over its epoch, during which it learns.
        double ours = library.Train(every, threads);
        double? theirs = engine?.Train();
        Pairs? peer = engine is null ? null : await Pairs.MeasureAsync(rounds, _ => Task.FromResult(Time(every, library, threads)), _ => Time(every, engine)).ConfigureAwait(false);
        ProductRate product = new(threads);
        Pairs limit = await Pairs.MeasureAsync(rounds, _ => Task.FromResult(Time(every, library, threads)), _ => product.Measure(60)).ConfigureAwait(false);
        Pairs answered = await Pairs.MeasureAsync(rounds, _ => Task.FromResult(Time(answers, library, threads)), _ => product.Measure(60)).ConfigureAwait(false);
        Pairs small = await Pairs.MeasureAsync(rounds, _ => Task.FromResult(Time(requests, library, RequestsPerStep)), _ => product.Measure(60)).ConfigureAwait(false);

        // Multiplications and additions a token: two forward, four backward; the output only where there is a target.
        double all = 6e-3 * TrainingModel.MatrixParameters(shape);
        double head = 6e-3 * shape.VocabularySize * shape.Width;
        double? ratio = peer?.MedianRatio(s => s.Rate);
        double share = limit.MedianRatio(s => s.Rate) * all;
        double starter = all - (0.6 * head);
        double starterShare = small.MedianRatio(s => s.Rate) * starter;
        JsonObject run = new()
        {
            ["threads"] = threads,
            ["loss_at_first"] = Math.Round(ours, 4),
            ["llama_cpp_mean_loss_of_first_epoch"] = Rounded(theirs, 4),
            ["tokens_per_second"] = Math.Round((peer ?? limit).MedianEngine(s => s.Rate)),
            ["llama_cpp_tokens_per_second"] = Rounded(peer?.MedianRaw(s => s.Rate), 0),
            ["ratio"] = Rounded(ratio, 3),
            ["cpu_time_ratio"] = Rounded(1 / peer?.MedianRatio(s => s.CpuSeconds / s.Work), 3),
            ["product_gflops"] = Math.Round(limit.MedianRaw(s => s.Rate) / 1e6, 1),
            ["product_gflops_by_processor_time"] = Math.Round(limit.MedianRaw(s => s.Work / s.CpuSeconds) / 1e6, 1),
            ["share_of_limit"] = Math.Round(share, 4),
            ["cpu_time_share_of_limit"] = Math.Round(all / limit.MedianRatio(s => s.CpuSeconds / s.Work), 4),
            ["answers_only"] = new JsonObject
            {
                ["targets_of_tokens"] = 0.25,
                ["tokens_per_second"] = Math.Round(answered.MedianEngine(s => s.Rate)),
                ["share_of_limit"] = Math.Round(answered.MedianRatio(s => s.Rate) * (all - (0.75 * head)), 4),
                ["against_llama_cpp"] = Rounded(answered.MedianEngine(s => s.Rate) / peer?.MedianRaw(s => s.Rate), 2),
            },
            ["requests_of_20_tokens_answers_only"] = new JsonObject
            {
                ["targets_of_tokens"] = 0.4,
                ["tokens_per_second"] = Math.Round(small.MedianEngine(s => s.Rate)),
                ["share_of_limit"] = Math.Round(starterShare, 4),
                ["cpu_time_share_of_limit"] = Math.Round(starter / small.MedianRatio(s => s.CpuSeconds / s.Work), 4),
            },
            ["rounds"] = peer?.ToJson(),
            ["rounds_against_limit"] = limit.ToJson(),
            ["rounds_of_requests_against_limit"] = small.ToJson(),
        };
        string against = peer is null ? "llama.cpp of this build cannot train" : $"{peer.MedianRaw(s => s.Rate):0} of llama.cpp, ratio {ratio:0.00} (target at least {RatioTarget})";
        string line = $"tuning, {threads} thread{(threads > 1 ? "s" : "")}: {(peer ?? limit).MedianEngine(s => s.Rate):0} tokens/s, {against}; requests of 20 tokens, answers only: {small.MedianEngine(s => s.Rate):0} tokens/s, {starterShare:0.000} of the limit by {small.MedianRaw(s => s.Rate) / 1e6:0} GFLOP/s (target at least {LimitTarget}); every position of {TrainingModel.Sequence} tokens: {share:0.000}";
        return (run, line, ratio is not < RatioTarget && starterShare >= LimitTarget);
    }

    private static JsonValue? Rounded(double? value, int digits) => value is { } number ? JsonValue.Create(Math.Round(number, digits)) : null;

    private static Sample Time(TrainingSequence[] sequences, LibraryTraining library, int perStep)
    {
        Sample.Clock clock = Sample.Clock.Start();
        library.Train(sequences, perStep);
        return clock.Stop(sequences.Sum(s => s.Tokens.Length));
    }

    private static Sample Time(TrainingSequence[] sequences, EngineTraining engine)
    {
        Sample.Clock clock = Sample.Clock.Start();
        engine.Train();
        return clock.Stop(sequences.Sum(s => s.Tokens.Length));
    }
}
