namespace HeteroAgent.Onnx;

/// <summary>What the two models say of one trace, put together.</summary>
/// <remarks>
/// The step model is a hazard: h(i) is the probability that step i is the first error, given that the steps before it are right. So the trace is flawed with
/// probability 1 − ∏(1 − h), and the first error stands at i with a weight of h(i)·√∏(j &lt; i)(1 − h(j)): the root, because trees that were grown apart from each other count the same doubt at several steps.
/// </remarks>
internal readonly struct TraceScore
{
    private const string Agent = "agent";

    private readonly double[] _place;

    private TraceScore(double margin, double[] place)
    {
        Margin = margin;
        _place = place;
    }

    /// <summary>The log-odds that the trace is flawed.</summary>
    public double Margin { get; }

    /// <summary>The step that is the first error, if there is one.</summary>
    public int MostLikelyPlace => Array.IndexOf(_place, _place.Max());

    /// <param name="hazards">The step model's log-odds, one a step.</param>
    /// <param name="trace">The trace model's log-odds.</param>
    /// <param name="stepShare">How much the step model counts beside the trace model.</param>
    public static TraceScore Of(ReadOnlySpan<double> hazards, double trace, double stepShare)
    {
        double[] place = new double[hazards.Length];
        double sound = 1;
        for (int i = 0; i < hazards.Length; i++)
        {
            double h = Probability(hazards[i]);
            place[i] = Math.Sqrt(sound) * h;
            sound *= 1 - h;
        }

        double flawed = Math.Clamp(1 - sound, 1e-9, 1 - 1e-9);
        double total = place.Sum();
        for (int i = 0; i < place.Length; i++)
        {
            place[i] = total > 0 ? place[i] / total : 1.0 / place.Length;
        }

        return new(trace + stepShare * Math.Log(flawed / (1 - flawed)), place);
    }

    /// <summary>Turns the score into a result whose Reasoning Integrity Score lies below 0.8 exactly where the trace counts as flawed.</summary>
    /// <remarks>
    /// A step's raw score is the probability that no error stands at or before it. One shift of all their log-odds then brings their mean to the target, which falls with the
    /// probability that the trace is flawed and is 0.8 at the threshold. The order of the steps and of the traces is kept.
    /// An agent does not recover from a wrong step in most runs, so there the steps from the first error on are held below 0.5 and those before it at 0.5 or above.
    /// </remarks>
    public VerificationResult ToResult(double thresholdMargin, string domain, bool abstained, IReadOnlyList<StepReason> reasons)
    {
        double p = Probability(Margin);
        double threshold = Probability(thresholdMargin);
        bool flawed = Margin >= thresholdMargin;
        double target = flawed
            ? VerificationResult.FlawedBelow * (1 - p) / Math.Max(1 - threshold, 1e-9) - 1e-6
            : 1 - (1 - VerificationResult.FlawedBelow) * p / Math.Max(threshold, 1e-9) + 1e-6;
        double[] raw = new double[_place.Length];
        double gone = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            gone += _place[i];
            double s = Math.Clamp(1 - p * gone, 1e-6, 1 - 1e-6);
            raw[i] = Math.Log(s / (1 - s));
        }

        int parted = domain != Agent ? -1 : flawed ? MostLikelyPlace : raw.Length;
        double shift = Shift(raw, Math.Clamp(target, 1e-4, 1 - 1e-4), parted);
        StepScore[] steps = new StepScore[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            steps[i] = new(i, Score(raw[i] + shift, i, parted));
        }

        return new(steps, flawed ? MostLikelyPlace : -1, reasons) { Domain = domain, IsAbstained = abstained };
    }

    private static double Score(double margin, int step, int parted)
    {
        double score = Probability(margin);
        return parted < 0 ? score : step < parted ? Math.Max(score, 0.5) : Math.Min(score, 0.499);
    }

    private static double Shift(double[] raw, double target, int parted)
    {
        double low = -40;
        double high = 40;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            double mean = 0;
            for (int s = 0; s < raw.Length; s++)
            {
                mean += Score(raw[s] + middle, s, parted);
            }

            if (mean / raw.Length < target)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        // The end on the target's own side of 0.8.
        return target < VerificationResult.FlawedBelow ? low : high;
    }

    private static double Probability(double margin) => 1 / (1 + Math.Exp(-margin));
}
