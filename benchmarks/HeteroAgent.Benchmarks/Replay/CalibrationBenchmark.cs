using System.Text.Json.Nodes;
using HeteroAgent.Starter;

namespace HeteroAgent.Benchmarks;

/// <summary>Whether the two risk bounds are kept over 200 random splits: on a synthetic population whose true risk is known, and on the RouteLLM log.</summary>
internal static class CalibrationBenchmark
{
    private const int Splits = 200;
    private const double Delta = 0.1;
    private static readonly double[] Alphas = [0.05, 0.1, 0.2];

    internal static async Task<BenchmarkResult> RunAsync()
    {
        JsonObject figures = new() { ["splits"] = Splits, ["delta"] = Delta };
        List<string> lines = [$"calibration: over {Splits} random splits, the risk that was bounded by alpha (coverage)"];
        bool met = true;
        foreach (double alpha in Alphas)
        {
            Outcome joint = Synthetic(alpha, conditional: false);
            Outcome conditional = Synthetic(alpha, conditional: true);
            met &= joint.MeanRisk <= alpha + (2 * joint.StandardError) && conditional.Violations <= Delta;
            figures[FormattableString.Invariant($"synthetic, alpha {alpha}")] = new JsonObject { ["accepted_and_wrong"] = joint.ToJson(), ["wrong_given_accepted"] = conditional.ToJson() };
            lines.Add(FormattableString.Invariant(
                $"  synthetic, alpha {alpha}: accepted and wrong {joint.MeanRisk:0.0000} ({joint.Coverage:0.00}); wrong given accepted above alpha in {conditional.Violations:0.000} of the splits, delta {Delta} ({conditional.Coverage:0.00})"));
        }

        LabeledCall[] calls = await ReadCallsAsync().ConfigureAwait(false);
        foreach (double alpha in Alphas)
        {
            Outcome joint = Recorded(calls, alpha, conditional: false);
            Outcome conditional = Recorded(calls, alpha, conditional: true);
            met &= joint.MeanRisk <= alpha + (2 * joint.StandardError);
            figures[FormattableString.Invariant($"routellm, alpha {alpha}")] = new JsonObject { ["accepted_and_wrong"] = joint.ToJson(), ["wrong_given_accepted"] = conditional.ToJson() };
            lines.Add(FormattableString.Invariant(
                $"  RouteLLM, alpha {alpha}: accepted and wrong {joint.MeanRisk:0.0000} ({joint.Coverage:0.00}); wrong given accepted {conditional.MeanRisk:0.0000} ({conditional.Coverage:0.00})"));
        }

        figures["note"] = "Synthetic: risks are exact. RouteLLM: risks are measured on the third of the rows outside the split, so that a violation in one split may be that third's own noise; the mean is what conformal risk control bounds.";
        return new BenchmarkResult("calibration", string.Join('\n', lines), met, figures);
    }

    // A signal u is uniform and an answer right with probability u: accepting u ≥ v gives P(accepted and wrong) = (1 − v)²/2 and P(wrong | accepted) = (1 − v)/2.
    private static Outcome Synthetic(double alpha, bool conditional)
    {
        double[] risks = new double[Splits];
        double[] coverage = new double[Splits];
        for (int split = 0; split < Splits; split++)
        {
            Random random = new(split);
            LabeledCall[] calls = [.. Enumerable.Range(0, 3000).Select(_ =>
            {
                double u = random.NextDouble();
                return new LabeledCall(new Dictionary<string, double> { ["u"] = u }, random.NextDouble() < u);
            })];
            RiskCalibration calibration = RiskCalibration.Fit("synthetic", calls, new RiskCalibrationOptions { Seed = split });
            RiskThreshold threshold = conditional ? calibration.GetErrorRateThreshold(alpha, Delta) : calibration.GetThreshold(alpha);
            double low = 0;
            double high = 1;
            for (int i = 0; i < 50; i++)
            {
                double u = (low + high) / 2;
                (low, high) = calibration.Model.Predict(new Dictionary<string, double> { ["u"] = u }) >= threshold.Value ? (low, u) : (u, high);
            }

            coverage[split] = 1 - high;
            risks[split] = conditional ? (1 - high) / 2 : (1 - high) * (1 - high) / 2;
        }

        return Outcome.Of(risks, coverage, alpha);
    }

    private static Outcome Recorded(LabeledCall[] calls, double alpha, bool conditional)
    {
        double[] risks = new double[Splits];
        double[] coverage = new double[Splits];
        for (int split = 0; split < Splits; split++)
        {
            LabeledCall[] shuffled = [.. calls];
            new Random(split).Shuffle(shuffled);
            int known = shuffled.Length * 2 / 3;
            RiskCalibration calibration = RiskCalibration.Fit("routellm", shuffled[..known], new RiskCalibrationOptions { Seed = split });
            RiskThreshold threshold = conditional ? calibration.GetErrorRateThreshold(alpha, Delta) : calibration.GetThreshold(alpha);
            LabeledCall[] rest = shuffled[known..];
            LabeledCall[] accepted = [.. rest.Where(c => calibration.Model.Predict(c.Signals) >= threshold.Value)];
            int wrong = accepted.Count(c => !c.IsCorrect);
            coverage[split] = (double)accepted.Length / rest.Length;
            risks[split] = conditional ? (accepted.Length == 0 ? 0 : (double)wrong / accepted.Length) : (double)wrong / rest.Length;
        }

        return Outcome.Of(risks, coverage, alpha);
    }

    private static async Task<LabeledCall[]> ReadCallsAsync()
    {
        ReplayLog log = await ReplayLog.ReadAsync(ModelFile.FindShared("data", "routellm", "gsm8k_responses.csv")).ConfigureAwait(false);
        AnswerPrior prior = StarterAnswerPrior.Load();
        return [.. log.Rows.Select(r => new LabeledCall(
            new Dictionary<string, double> { ["prior"] = prior.LogOddsWrong(r.Prompt, r.Weak.Answer!), ["log_characters"] = Math.Log(1 + r.Weak.Answer!.Length) }, r.Weak.IsCorrect))];
    }

    private sealed record Outcome(double MeanRisk, double StandardError, double Violations, double Coverage)
    {
        internal static Outcome Of(double[] risks, double[] coverage, double alpha)
        {
            double mean = risks.Average();
            return new Outcome(mean, Math.Sqrt(risks.Average(r => (r - mean) * (r - mean)) / risks.Length), (double)risks.Count(r => r > alpha) / risks.Length, coverage.Average());
        }

        internal JsonObject ToJson() => new()
        {
            ["mean_risk"] = Math.Round(MeanRisk, 5),
            ["standard_error"] = Math.Round(StandardError, 5),
            ["splits_above_alpha"] = Math.Round(Violations, 4),
            ["mean_coverage"] = Math.Round(Coverage, 4),
        };
    }
}
