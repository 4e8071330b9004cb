using System.Globalization;

namespace HeteroAgent;

/// <summary>Says plainly whether routing pays.</summary>
internal static class VerdictWriter
{
    internal static (ReplayVerdict Verdict, string Text) Write(ReplayReport report, Estimate gap)
    {
        string weak = Percent(report.WeakAccuracy.Value);
        string strong = Percent(report.StrongAccuracy.Value);
        if (gap.Low is not > 0)
        {
            return (ReplayVerdict.DoesNotPay, $"No: the strong model ({strong}) is not measurably more accurate than the weak one ({weak}); use the weak one alone.");
        }

        if (report.RandomCallsAt95OfStrong.Value is 0)
        {
            return (ReplayVerdict.DoesNotPay, $"No: the weak model alone ({weak}) already has 95 % of the strong model's accuracy ({strong}).");
        }

        if (report.ApgrOverRandom.Low is not > 0)
        {
            return (ReplayVerdict.DoesNotPay,
                $"No: the score does not beat sending as many calls at random (APGR {Interval(report.Apgr, "0.00")}, random 0.50). Log other signals, such as token log-probabilities, or label more.");
        }

        if (report.CallsSavedOverRandom.Low is not > 0)
        {
            return (ReplayVerdict.DoesNotPay,
                $"No, not at 95 % of the strong model's accuracy: the calls saved against a random choice are {Interval(report.CallsSavedOverRandom, "0.0 %")}, which may be nothing, though the score is better than chance (APGR {Interval(report.Apgr, "0.00")}).");
        }

        if (report.CostAt95OfStrong.High is >= 1)
        {
            return (ReplayVerdict.DoesNotPay,
                $"No: at 95 % of the strong model's accuracy the pair costs {Interval(report.CostAt95OfStrong, "0 %")} of the strong model alone; the weak model's price eats the saving.");
        }

        string cost = report.CostAt95OfStrong.Value is { } share ? $", and {Percent(share)} of its cost" : "";
        return (ReplayVerdict.Pays,
            $"Yes: 95 % of the strong model's accuracy takes {Interval(report.CallsAt95OfStrong, "0.0 %")} of its calls{cost}; a random choice takes {Percent(report.RandomCallsAt95OfStrong.Value)}.");
    }

    private static string Percent(double? value) => value?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? "never";

    private static string Interval(Estimate estimate, string format)
    {
        string Text(double? value) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "?";
        return $"{Text(estimate.Value)} [{Text(estimate.Low)}–{Text(estimate.High)}]";
    }
}
