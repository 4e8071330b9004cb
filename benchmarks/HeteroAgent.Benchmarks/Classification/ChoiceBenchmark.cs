using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>BANKING77 by choice: the 77 labels scored together, against writing one under the grammar and against scoring each on its own. The prompt is in the cache for all.</summary>
internal static class ChoiceBenchmark
{
    private const double Target = 1;

    private static readonly string[] Required = ["intent"];

    /// <summary>The schema of an answer that is one of the labels.</summary>
    internal static JsonElement Schema(string[] labels) =>
        JsonSerializer.SerializeToElement(new { type = "object", properties = new { intent = new { @enum = labels } }, required = Required });

    internal static async Task<BenchmarkResult> RunAsync(LlamaModel model, BenchmarkOptions options)
    {
        // Messages of the training half: nothing here is tuned on the test set, and no accuracy is claimed.
        IntentSet set = IntentSet.Banking77();
        string[] labels = [.. set.Train.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal)];
        JsonElement schema = Schema(labels);
        JsonGrammar grammar = JsonGrammar.Compile(schema);
        LlamaCpp.ChoiceTokens choices = LlamaCpp.ChoiceTokens.Of(grammar, model.Vocabulary);
        string system = $"Sort the customer's message into one of these intents: {string.Join(", ", labels)}. Answer as JSON: {{\"intent\":\"…\"}}.";
        int[] rows = [.. set.Draw(1, seed: 1).Take(options.Rounds ?? 12)];
        List<Row> measured = [];
        foreach ((string text, string label) in rows.Prepend(rows[0]).Select(r => set.Train[r]))
        {
            int[] prompt = [.. model.RenderPrompt([new(ChatRole.System, system), new(ChatRole.User, text)]).TokenIds];
            await RunAsync(model, new GenerationRequest(prompt, CancellationToken.None) { Choices = [[1]] }).ConfigureAwait(false);
            GenerationRequest scored = new(prompt, CancellationToken.None) { Choices = choices.Tokens, ChoiceTolerance = ChoiceOutcome.Tolerance };
            Sample likely = await RunAsync(model, scored).ConfigureAwait(false);
            GenerationRequest whole = new(prompt, CancellationToken.None) { Choices = choices.Tokens, ChoiceTolerance = 0 };
            Sample exact = await RunAsync(model, whole).ConfigureAwait(false);
            GenerationRequest written = new(prompt, CancellationToken.None)
            {
                MaxTokens = 64,
                Sampler = new Sampler(new SamplingParameters(), model.VocabularySize, model.Vocabulary.EndOfGeneration),
                Constraint = new GrammarConstraint(grammar.CreateState(model.TokenVocabulary)),
            };
            Sample grammared = await RunAsync(model, written).ConfigureAwait(false);
            Sample.Clock clock = Sample.Clock.Start();
            foreach (int[] choice in choices.Tokens!)
            {
                await RunAsync(model, new GenerationRequest(prompt, CancellationToken.None) { Choices = [choice] }).ConfigureAwait(false);
            }

            Sample sequential = clock.Stop(1);
            double[] shares = scored.Scoring!.Shares();
            double[] all = whole.Scoring!.Shares();
            int best = Array.IndexOf(shares, shares.Max());
            string answer = Encoding.UTF8.GetString([.. written.Tokens.Skip(prompt.Length).SelectMany(t => model.TokenVocabulary.GetBytes(t).ToArray())]);
            measured.Add(new(
                likely.Seconds, exact.Seconds, grammared.Seconds, sequential.Seconds,
                scored.ChoiceScores!.Sum(s => s.Length), choices.Tokens!.Sum(c => c.Length),
                best == Array.IndexOf(all, all.Max()), JsonDocument.Parse(answer).RootElement.GetProperty("intent").GetString() == labels[best], shares.Zip(all, (x, y) => Math.Abs(x - y)).Max(), labels[best] == label));
        }

        // The first request warms code and caches, and does not count.
        measured.RemoveAt(0);
        double ratio = Median(measured.Select(r => r.Likely / r.Grammar));
        JsonObject figures = new()
        {
            ["model"] = Path.GetFileName(model.Path),
            ["threads"] = model.BatchThreads,
            ["requests"] = measured.Count,
            ["choices"] = labels.Length,
            ["scored_median_ms"] = Milliseconds(measured, r => r.Likely),
            ["all_branches_median_ms"] = Milliseconds(measured, r => r.Exact),
            ["grammar_median_ms"] = Milliseconds(measured, r => r.Grammar),
            ["one_by_one_median_ms"] = Milliseconds(measured, r => r.Sequential),
            ["ratio_to_grammar"] = Math.Round(ratio, 4),
            ["ratio_to_one_by_one"] = Math.Round(Median(measured.Select(r => r.Likely / r.Sequential)), 5),
            ["target_at_most"] = Target,
            ["tokens_scored_share"] = Math.Round(measured.Average(r => (double)r.Scored / r.Tokens), 4),
            ["best_as_all_branches"] = measured.Count(r => r.SameAsExact),
            ["written_is_best"] = measured.Count(r => r.WrittenIsBest),
            ["largest_difference_of_a_share"] = Math.Round(measured.Max(r => r.Difference), 5),
            ["rows"] = new JsonArray([.. measured.Select(r => (JsonNode)JsonSerializer.SerializeToNode(r)!)]),
        };
        string summary = $"choices: {labels.Length} labels in {Milliseconds(measured, r => r.Likely):0.0} ms, all branches in {Milliseconds(measured, r => r.Exact):0.0}, one written under the grammar in {Milliseconds(measured, r => r.Grammar):0.0} (ratio {ratio:0.000}, aim at most {Target}), one by one in {Milliseconds(measured, r => r.Sequential):0.0}; the best as of all branches in {measured.Count(r => r.SameAsExact)} of {measured.Count}, as written in {measured.Count(r => r.WrittenIsBest)}";
        return new BenchmarkResult("choices", summary, ratio <= Target, figures);
    }

    private static async Task<Sample> RunAsync(LlamaModel model, GenerationRequest request)
    {
        Sample.Clock clock = Sample.Clock.Start();
        model.Scheduler.Submit(request);
        await foreach (GeneratedToken _ in request.Output.ReadAllAsync().ConfigureAwait(false))
        {
        }

        return clock.Stop(1);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static double Milliseconds(List<Row> rows, Func<Row, double> seconds) => Math.Round(Median(rows.Select(seconds)) * 1000, 2);

    /// <summary>One request: seconds of each way, tokens scored and in all, and whether the ways agree.</summary>
    private sealed record Row(double Likely, double Exact, double Grammar, double Sequential, int Scored, int Tokens, bool SameAsExact, bool WrittenIsBest, double Difference, bool Right);
}
