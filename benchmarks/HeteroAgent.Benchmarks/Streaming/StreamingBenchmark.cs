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
        IReadOnlyList<LabeledTrace> traces = LabeledTrace.Load(ModelFile.FindShared("data", "processbench", "gsm8k.json"));
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
        await MeasureAsync("perfect verifier (labels)", labels, traces, figures, lines).ConfigureAwait(false);
        return new("streaming", string.Join('\n', lines), true, figures);
    }

    private static async Task MeasureAsync(string name, IProcessVerifier verifier, IReadOnlyList<LabeledTrace> traces, JsonObject figures, List<string> lines)
    {
        List<ReplayOutcome> stepwise = [];
        List<ReplayOutcome> whole = [];
        TimedVerifier timed = new(verifier);
        foreach (LabeledTrace trace in traces)
        {
            if (verifier is LabelVerifier labels)
            {
                labels.Current = trace;
            }

            stepwise.Add(await ReplayAsync(trace, static (local, frontier, v) => local.WithStepwiseEscalation(frontier, v).With(StepBoundary.Paragraph), timed).ConfigureAwait(false));
            whole.Add(await ReplayAsync(trace, static (local, frontier, v) => HoldBack(local, frontier, v), verifier).ConfigureAwait(false));
        }

        JsonObject json = new()
        {
            ["verifier_ms_a_step"] = Math.Round(timed.MeanMilliseconds, 3),
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

    private static EscalatingChatClient HoldBack(IChatClient local, IChatClient frontier, IProcessVerifier verifier)
    {
        VerifyingChatClient verifying = local.WithVerification(verifier);
        verifying.Split = static text => text.Split("\n\n");
        return verifying.WithEscalation(frontier, EscalateWhen.ErrorFound | EscalateWhen.Matches(static c => c.Response?.GetVerification()?.Steps.Any(static s => s.Score < 0.5) == true, "step_rejected"));
    }

    private static StepwiseEscalatingChatClient With(this StepwiseEscalatingChatClient client, StepBoundary boundary)
    {
        client.Boundary = boundary;
        client.EscalateAbstained = false;
        return client;
    }

    private static async Task<ReplayOutcome> ReplayAsync(LabeledTrace trace, Func<IChatClient, IChatClient, IProcessVerifier, IChatClient> compose, IProcessVerifier verifier)
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
        return Saved(handedOver.Sum(static o => o.FrontierTokens), handedOver.Sum(static o => LabeledTrace.Tokens(o.Trace.Text.Length)));
    }

    private static double Saved(int tokens, int against) => against == 0 ? 0 : Math.Round(1 - (tokens / (double)against), 3);

    private static double Share(int part, int all) => all == 0 ? 0 : Math.Round(part / (double)all, 3);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Measures the time that a verifier takes a call, on the real clock.</summary>
    private sealed class TimedVerifier(IProcessVerifier inner) : IProcessVerifier
    {
        private TimeSpan _total;
        private int _calls;

        internal double MeanMilliseconds => _calls == 0 ? 0 : _total.TotalMilliseconds / _calls;

        public async ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
        {
            long start = Stopwatch.GetTimestamp();
            VerificationResult result = await inner.VerifyAsync(trace, cancellationToken).ConfigureAwait(false);
            _total += Stopwatch.GetElapsedTime(start);
            _calls++;
            return result;
        }
    }
}
