using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Benchmarks;

/// <summary>
/// Replays recorded solutions (ProcessBench, GSM8K) through the stepwise client and through one that holds the whole answer back, with the same verifier and in virtual time:
/// when the reader sees the first token, what the frontier model has to write, and what the verifier missed.
/// </summary>
internal static class StreamingBenchmark
{
    private const double LocalTokensPerSecond = 60;
    private const double LocalFirstToken = 0.1;
    private const double FrontierTokensPerSecond = 80;
    private const double FrontierFirstToken = 0.6;

    internal static async Task<BenchmarkResult> RunAsync()
    {
        IReadOnlyList<RecordedTrace> traces = RecordedTrace.Load(ModelFile.FindShared("data", "processbench", "gsm8k.json"));
        JsonObject figures = new()
        {
            ["traces"] = traces.Count,
            ["flawed_traces"] = traces.Count(static t => t.FirstError >= 0),
            ["assumptions"] = new JsonObject
            {
                ["local_tokens_a_second"] = LocalTokensPerSecond,
                ["local_first_token_s"] = LocalFirstToken,
                ["frontier_tokens_a_second"] = FrontierTokensPerSecond,
                ["frontier_first_token_s"] = FrontierFirstToken,
                ["characters_a_token"] = 4,
                ["frontier_answer"] = "as long as the recorded solution; a continuation as long as the part of it that was not shown",
                ["verifier_time"] = "not on the virtual clock; verifier_ms_a_step is measured",
            },
        };
        List<string> lines = [$"streaming: {traces.Count} recorded solutions, {traces.Count(static t => t.FirstError >= 0)} of them flawed, replayed at {LocalTokensPerSecond} tokens a second"];
        LabelVerifier labels = new();
        await MeasureAsync("perfect verifier (labels)", _ => labels, traces, 0.5, figures, lines).ConfigureAwait(false);
        using HeldOutVerifiers trained = HeldOutVerifiers.Train(traces, RecordedTrace.Load(ModelFile.FindShared("data", "processbench", "math.json")));
        figures["training"] = trained.Description;
        foreach (double threshold in (double[])[0, 0.5, 0.6, 0.7, 0.8])
        {
            await MeasureAsync(FormattableString.Invariant($"trained verifier, least step score {threshold:0.0}"), trained.For, traces, threshold, figures, lines).ConfigureAwait(false);
        }

        return new("streaming", string.Join('\n', lines), true, figures);
    }

    private static async Task MeasureAsync(string name, Func<RecordedTrace, IProcessVerifier> verifierOf, IReadOnlyList<RecordedTrace> traces, double minStepScore, JsonObject figures, List<string> lines)
    {
        List<ReplayOutcome> stepwise = [];
        List<ReplayOutcome> whole = [];
        Stopwatch watch = new();
        int calls = 0;
        int abstained = 0;
        foreach (RecordedTrace trace in traces)
        {
            IProcessVerifier verifier = verifierOf(trace);
            if (verifier is LabelVerifier labels)
            {
                labels.Current = trace;
            }

            stepwise.Add(await ReplayAsync(trace, (local, frontier, v) => Stepwise(local, frontier, v, minStepScore), new TimedVerifier(verifier, watch, result =>
            {
                calls++;
                abstained += result.IsAbstained ? 1 : 0;
            })).ConfigureAwait(false));
            whole.Add(await ReplayAsync(trace, (local, frontier, v) => HoldBack(local, frontier, v, minStepScore), verifier).ConfigureAwait(false));
        }

        JsonObject json = new()
        {
            ["verifier_ms_a_step"] = Math.Round(watch.Elapsed.TotalMilliseconds / calls, 3),
            ["abstained_share_of_verifications"] = Share(abstained, calls),
            ["stepwise"] = ToJson(stepwise),
            ["whole_answer_held_back"] = ToJson(whole),
            ["first_shown_median_ratio"] = Math.Round(Median(stepwise.Select(static o => o.FirstShown)) / Median(whole.Select(static o => o.FirstShown)), 3),
            ["frontier_tokens_saved_against_whole"] = Saved(stepwise.Sum(static o => o.FrontierTokens), whole.Sum(static o => o.FrontierTokens)),
            ["frontier_tokens_saved_a_handed_over_answer"] = SavedWhereHandedOver(stepwise),
        };
        figures[name] = json;
        lines.Add($"  {name}: first token shown after {json["stepwise"]!["first_shown_median_s"]} s (median), {json["whole_answer_held_back"]!["first_shown_median_s"]} s where the whole answer is held back; "
            + $"{json["frontier_tokens_saved_a_handed_over_answer"]} of the frontier output saved a handed-over answer; "
            + $"{json["stepwise"]!["showed_the_error"]} of {json["stepwise"]!["flawed"]} flawed solutions showed their error, {json["stepwise"]!["needless"]} of {json["stepwise"]!["right"]} right ones were handed over");
    }

    private static EscalatingChatClient HoldBack(IChatClient local, IChatClient frontier, IProcessVerifier verifier, double minStepScore)
    {
        VerifyingChatClient verifying = local.WithVerification(verifier);
        verifying.Split = static text => text.Split("\n\n");
        return verifying.WithEscalation(frontier, EscalateWhen.ErrorFound | EscalateWhen.Matches(c => c.Response?.GetVerification() is { IsAbstained: false } r && r.Steps.Any(s => s.Score < minStepScore), "step_rejected"));
    }

    private static StepwiseEscalatingChatClient Stepwise(IChatClient local, IChatClient frontier, IProcessVerifier verifier, double minStepScore)
    {
        StepwiseEscalatingChatClient client = local.WithStepwiseEscalation(frontier, verifier);
        client.Boundary = StepBoundary.Paragraph;
        client.MinStepScore = minStepScore;
        client.EscalateAbstained = false;
        return client;
    }

    private static async Task<ReplayOutcome> ReplayAsync(RecordedTrace trace, Func<IChatClient, IChatClient, IProcessVerifier, IChatClient> compose, IProcessVerifier verifier)
    {
        VirtualClock clock = new();
        string shown = "";
        ReplayedChatClient local = new(clock, LocalFirstToken, LocalTokensPerSecond, () => trace.Text);
        ReplayedChatClient frontier = new(clock, FrontierFirstToken, FrontierTokensPerSecond, () => trace.Text[shown.Length..]);
        using IChatClient client = compose(local, frontier, verifier);
        double? first = null;
        int steps = 0;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(trace.Question).ConfigureAwait(false))
        {
            if (update.Text.Length == 0)
            {
                continue;
            }

            first ??= clock.Seconds;
            if (frontier.SentTokens == 0)
            {
                shown += update.Text;
                steps = shown.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length;
            }
        }

        return new(trace, frontier.SentTokens > 0, steps, first ?? clock.Seconds, clock.Seconds, local.SentTokens, frontier.SentTokens);
    }

    private static JsonObject ToJson(List<ReplayOutcome> outcomes)
    {
        int flawed = outcomes.Count(static o => o.IsFlawed);
        return new()
        {
            ["first_shown_median_s"] = Math.Round(Median(outcomes.Select(static o => o.FirstShown)), 2),
            ["first_shown_mean_s"] = Math.Round(outcomes.Average(static o => o.FirstShown), 2),
            ["finished_median_s"] = Math.Round(Median(outcomes.Select(static o => o.LastShown)), 2),
            ["handed_over"] = outcomes.Count(static o => o.HandedOver),
            ["frontier_output_tokens"] = outcomes.Sum(static o => o.FrontierTokens),
            ["local_output_tokens"] = outcomes.Sum(static o => o.LocalTokens),
            ["flawed"] = flawed,
            ["showed_the_error"] = outcomes.Count(static o => o.ShowedError),
            ["showed_the_error_share"] = Share(outcomes.Count(static o => o.ShowedError), flawed),
            ["right"] = outcomes.Count - flawed,
            ["needless"] = outcomes.Count(static o => o.IsNeedless),
            ["needless_share"] = Share(outcomes.Count(static o => o.IsNeedless), outcomes.Count - flawed),
        };
    }

    private static double SavedWhereHandedOver(List<ReplayOutcome> outcomes)
    {
        ReplayOutcome[] handedOver = [.. outcomes.Where(static o => o.HandedOver)];
        return Saved(handedOver.Sum(static o => o.FrontierTokens), handedOver.Sum(static o => RecordedTrace.Tokens(o.Trace.Text.Length)));
    }

    private static double Saved(int tokens, int against) => against == 0 ? 0 : Math.Round(1 - (tokens / (double)against), 3);

    private static double Share(int part, int all) => all == 0 ? 0 : Math.Round(part / (double)all, 3);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Measures the time that a verifier takes, on the real clock.</summary>
    private sealed class TimedVerifier(IProcessVerifier inner, Stopwatch watch, Action<VerificationResult> seen) : IProcessVerifier
    {
        public async ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
        {
            watch.Start();
            VerificationResult result = await inner.VerifyAsync(trace, cancellationToken).ConfigureAwait(false);
            watch.Stop();
            seen(result);
            return result;
        }
    }
}
