using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>Heads over all-MiniLM on BANKING77 and CLINC150 against the nearest example and the nearest mean over the same vectors, and the time of a fit and of a message.</summary>
internal static class ClassificationBenchmark
{
    private const double Tolerance = 0.005;
    private const int LatencyMessages = 300;
    private const double MostFitSeconds = 5;

    /// <summary>Examples a label, how many draws are averaged, and the accuracy of the first study; 0 stands for all.</summary>
    private static readonly Dictionary<string, (int PerLabel, int Draws, double Aim)[]> Aims = new(StringComparer.Ordinal)
    {
        ["banking77"] = [(0, 1, 0.931), (30, 3, 0.899), (10, 5, 0.855), (5, 5, 0.796)],
        ["clinc150"] = [(0, 1, 0.953), (10, 3, 0.905)],
    };

    internal static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        int threads = options.Threads ?? Environment.ProcessorCount;
        string file = options.ModelPath ?? ModelFile.FindShared("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        using LlamaModel model = await LlamaModel.LoadAsync(file, new LlamaModelOptions { BatchThreads = threads }).ConfigureAwait(false);
        using IEmbeddingGenerator<string, Embedding<float>> encoder = model.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Truncate = true });
        return await RunAsync(encoder, Path.GetFileName(file), threads).ConfigureAwait(false);
    }

    internal static async Task<BenchmarkResult> RunAsync(IEmbeddingGenerator<string, Embedding<float>> encoder, string name, int threads)
    {
        JsonObject figures = new() { ["encoder"] = name, ["threads"] = threads };
        StringBuilder summary = new();
        bool met = true;
        foreach (IntentSet set in (IntentSet[])[IntentSet.Banking77(), IntentSet.Clinc150()])
        {
            long start = Stopwatch.GetTimestamp();
            EncodedIntentSet encoded = await EncodedIntentSet.CreateAsync(set, encoder).ConfigureAwait(false);
            JsonObject measured = new()
            {
                ["train"] = set.Train.Count,
                ["test"] = set.Test.Count,
                ["labels"] = encoded.Labels.Length,
                ["encode_seconds"] = Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1),
            };
            foreach ((int perLabel, int draws, double aim) in Aims[set.Name])
            {
                (JsonObject row, double accuracy, double seconds) = Measure(encoded, perLabel, draws, threads);
                row["aim"] = aim;
                measured[perLabel == 0 ? "all" : $"{perLabel}_a_label"] = row;
                met &= accuracy >= aim - Tolerance && seconds <= MostFitSeconds;
                summary.Append(CultureInfo.InvariantCulture, $"{set.Name} {(perLabel == 0 ? "all" : $"{perLabel} a label")}: {accuracy:0.0000} (aim {aim}) in {seconds:0.00} s; ");
            }

            (double example, double mean) = encoded.NearestAccuracy();
            measured["peer_nearest_example_accuracy"] = Round(example, 4);
            measured["peer_nearest_mean_accuracy"] = Round(mean, 4);
            summary.Append(CultureInfo.InvariantCulture, $"peers: nearest example {example:0.0000}, nearest mean {mean:0.0000}; ");
            if (set.OutOfScopeTest.Count > 0)
            {
                (JsonObject scope, double auc) = MeasureScope(encoded, threads);
                measured["out_of_scope"] = scope;
                met &= auc >= 0.957 - Tolerance;
                summary.Append(CultureInfo.InvariantCulture, $"out of scope AUC {auc:0.0000} (aim 0.957); ");
            }

            figures[set.Name] = measured;
        }

        JsonObject latency = await LatencyAsync(encoder).ConfigureAwait(false);
        figures["latency"] = latency;
        summary.Append(CultureInfo.InvariantCulture, $"a message {latency["p50_ms"]} ms, the encoder alone {latency["peer_encoder_p50_ms"]} ms");
        return new BenchmarkResult("classification", $"classification: {summary}", met, figures);
    }

    private static (JsonObject Figures, double Accuracy, double Seconds) Measure(EncodedIntentSet encoded, int perLabel, int draws, int threads)
    {
        List<double> accuracies = [];
        List<double> seconds = [];
        List<double> processor = [];
        List<double> before = [];
        List<double> after = [];
        List<double> surest = [];
        List<double> aucs = [];
        ClassifierHead head = null!;
        for (int draw = 0; draw < draws; draw++)
        {
            int[]? rows = perLabel == 0 ? null : encoded.Set.Draw(perLabel, seed: draw + 1);
            Sample.Clock clock = Sample.Clock.Start();
            head = encoded.Fit(rows, withOutOfScope: false, threads);
            Sample sample = clock.Stop(1);
            seconds.Add(sample.Seconds);
            processor.Add(sample.CpuSeconds);
            Classification[] answers = encoded.Classify(head);
            (double Probability, bool Right)[] rated = [.. answers.Select((a, i) => (a.Probability, a.Label == encoded.Labels[encoded.TestClasses[i]]))];
            accuracies.Add(rated.Average(static r => r.Right ? 1.0 : 0.0));
            ClassifierHead plain = new(head.Labels, head.Weights, head.Intercepts, head.Means, head.Probe);
            before.Add(LabelMeasures.CalibrationError(encoded.Classify(plain).Zip(rated, static (a, r) => (a.Probability, r.Right))));
            after.Add(LabelMeasures.CalibrationError(rated));
            surest.Add(LabelMeasures.AccuracyOfSurest(rated, 0.8));
            aucs.Add(LabelMeasures.Auc([.. rated.Where(static r => r.Right).Select(static r => r.Probability)], [.. rated.Where(static r => !r.Right).Select(static r => r.Probability)]));
        }

        double accuracy = accuracies.Average();
        JsonObject figures = new()
        {
            ["accuracy"] = Round(accuracy, 4),
            ["accuracy_half_interval_95"] = Round(1.96 * Math.Sqrt(accuracy * (1 - accuracy) / encoded.Set.Test.Count), 4),
            ["draws"] = new JsonArray([.. accuracies.Select(static a => (JsonNode)Round(a, 4))]),
            ["accuracy_of_surest_80_percent"] = Round(surest.Average(), 4),
            ["auc_right_against_wrong"] = Round(aucs.Average(), 4),
            ["calibration_error_before"] = Round(before.Average(), 4),
            ["calibration_error_after"] = Round(after.Average(), 4),
            ["temperature"] = Round(head.Temperature, 3),
            ["fit_seconds"] = Round(seconds.Max(), 2),
            ["fit_processor_seconds"] = Round(processor.Max(), 2),
            ["head_bytes"] = ClassifierHeadFile.ToBytes(head).Length,
            ["bits"] = head.Weights.IsBytes ? 8 : 16,
            ["held_out_accuracy"] = Round(head.HeldOut?.Accuracy ?? double.NaN, 4),
        };
        return (figures, accuracy, seconds.Max());
    }

    private static (JsonObject Figures, double Auc) MeasureScope(EncodedIntentSet encoded, int threads)
    {
        JsonObject figures = new() { ["test"] = encoded.Set.OutOfScopeTest.Count };
        double auc = 0;
        foreach (bool shown in (bool[])[false, true])
        {
            ClassifierHead head = encoded.Fit(null, withOutOfScope: shown, threads);
            Classification[] inside = encoded.Classify(head);
            Classification[] outside = encoded.ClassifyOutOfScope(head);
            auc = LabelMeasures.Auc([.. inside.Select(static c => c.InScopeScore)], [.. outside.Select(static c => c.InScopeScore)]);
            figures["auc"] = Round(auc, 4);
            figures["peer_auc_top_probability"] = Round(LabelMeasures.Auc([.. inside.Select(static c => c.Probability)], [.. outside.Select(static c => c.Probability)]), 4);
            figures[shown ? "threshold_from_100_examples" : "threshold_from_refusal_rate_5_percent"] = new JsonObject
            {
                ["in_scope_kept"] = Round(inside.Average(static c => c.IsInScope ? 1.0 : 0.0), 4),
                ["out_of_scope_refused"] = Round(outside.Average(static c => c.IsInScope ? 0.0 : 1.0), 4),
                ["accuracy_of_kept"] = Round(inside.Index().Where(static c => c.Item.IsInScope).Average(c => c.Item.Label == encoded.Labels[encoded.TestClasses[c.Index]] ? 1.0 : 0.0), 4),
            };
        }

        return (figures, auc);
    }

    /// <summary>The median time of a message through the chat client, and of the same message through the encoder alone, in turns.</summary>
    private static async Task<JsonObject> LatencyAsync(IEmbeddingGenerator<string, Embedding<float>> encoder)
    {
        IntentSet set = IntentSet.Banking77();
        ClassifierHead head = await ClassifierTrainer.TrainAsync([.. set.Draw(10, seed: 1).Select(r => set.Train[r])], encoder).ConfigureAwait(false);
        using TextClassifier classifier = await TextClassifier.CreateAsync(encoder, [head]).ConfigureAwait(false);
        using IChatClient client = classifier.AsIChatClient();
        List<double> whole = [];
        List<double> alone = [];
        foreach ((string text, _) in set.Test.Where((_, i) => i % 10 == 0).Take(LatencyMessages))
        {
            long start = Stopwatch.GetTimestamp();
            await client.GetResponseAsync(text).ConfigureAwait(false);
            whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            await encoder.GenerateAsync([text]).ConfigureAwait(false);
            alone.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new JsonObject
        {
            ["messages"] = whole.Count,
            ["p50_ms"] = Round(whole.Order().ElementAt(whole.Count / 2), 2),
            ["p95_ms"] = Round(whole.Order().ElementAt(whole.Count * 95 / 100), 2),
            ["peer_encoder_p50_ms"] = Round(alone.Order().ElementAt(alone.Count / 2), 2),
        };
    }

    private static double Round(double value, int digits) => double.IsFinite(value) ? Math.Round(value, digits) : 0;
}
