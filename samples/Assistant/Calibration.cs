using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant;

/// <summary>Chooses the confidence below which calls are escalated, on labelled requests that the model was not trained on.</summary>
/// <remarks>
/// The threshold is the lowest at which P(accepted and wrong) is at most <see cref="Alpha"/> with a confidence of <see cref="Level"/>, by the exact
/// one-sided binomial bound of Clopper and Pearson (Biometrika 26, 1934). The share of calls that are accepted and wrong falls as the threshold rises, so the
/// thresholds are tested from the highest down, and the last one that passes is taken.
/// </remarks>
internal static class Calibration
{
    public const double Alpha = 0.04;
    public const double Level = 0.95;

    public static IReadOnlyList<double> Thresholds { get; } = [0, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98];

    public static double Choose(IReadOnlyList<(double Confidence, bool Exact)> calls)
    {
        double[] candidates = [.. calls.Select(c => c.Confidence).Distinct().OrderDescending()];
        double chosen = double.NaN;
        int wrong = 0;
        ILookup<double, bool> byConfidence = calls.ToLookup(c => c.Confidence, c => c.Exact);
        foreach (double threshold in candidates)
        {
            wrong += byConfidence[threshold].Count(exact => !exact);
            if (UpperBound(wrong, calls.Count) > Alpha)
            {
                break;
            }

            chosen = threshold;
        }

        return double.IsNaN(chosen)
            ? throw new AssistantException($"With {calls.Count} labelled requests no threshold keeps the share of accepted wrong calls below {Alpha:P0} at {Level:P0} confidence: label more.")
            : chosen;
    }

    /// <summary>The upper end of the one-sided Clopper-Pearson interval: the largest p at which so few of n are not too unlikely.</summary>
    public static double UpperBound(int found, int n)
    {
        double low = (double)found / n;
        double high = 1;
        for (int i = 0; i < 60; i++)
        {
            double p = (low + high) / 2;
            (low, high) = AtMost(found, n, p) > 1 - Level ? (p, high) : (low, p);
        }

        return high;
    }

    public static string Write(IReadOnlyList<(double Confidence, bool Exact)> calls, double threshold, string model, string data)
    {
        int n = calls.Count;
        int wrong = calls.Count(c => c.Confidence >= threshold && !c.Exact);
        JsonObject file = new()
        {
            ["threshold"] = Math.Round(threshold, 6, MidpointRounding.ToPositiveInfinity),
            ["score"] = "the probability of the whole call: exp of the sum of the log-probabilities of tool and labels",
            ["rule"] = string.Create(CultureInfo.InvariantCulture, $"the lowest threshold at which P(accepted and wrong) <= {Alpha} with {Level:P0} confidence (one-sided Clopper-Pearson bound)"),
            ["model"] = model,
            ["data"] = data,
            ["requests"] = n,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["accepted_wrong"] = wrong,
            ["accepted_wrong_bound"] = Math.Round(UpperBound(wrong, n), 4),
            ["escalated"] = Share(c => c.Confidence < threshold),
            ["exact_if_frontier_is_right"] = Share(c => c.Confidence < threshold || c.Exact),
            ["curve"] = new JsonArray([.. Thresholds.Select(t => new JsonObject { ["threshold"] = t, ["escalated"] = Share(c => c.Confidence < t), ["exact"] = Share(c => c.Confidence < t || c.Exact) })]),
        };
        return file.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

        double Share(Func<(double Confidence, bool Exact), bool> which) => Math.Round((double)calls.Count(which) / n, 4);
    }

    private static double AtMost(int found, int n, double p)
    {
        double term = n * Math.Log(1 - p);
        double sum = 0;
        for (int k = 0; k <= found; k++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(n - k) / (k + 1)) + Math.Log(p / (1 - p));
        }

        return sum;
    }
}
