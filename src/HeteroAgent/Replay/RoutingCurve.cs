namespace HeteroAgent;

/// <summary>The accuracy of a pair of models against the share of calls that go to the strong one, where the calls with the highest scores go first.</summary>
/// <remarks>
/// <para>Calls with equal scores are in random order, so the curve is straight between them: the expectation over that order. The measures are RouteLLM's (Ong et al., arXiv 2406.18665), on all points instead of its ten quantiles.</para>
/// <para>Immutable and safe for concurrent use.</para>
/// </remarks>
public sealed class RoutingCurve
{
    private readonly double[] _calls;
    private readonly double[] _accuracy;

    private RoutingCurve(double[] calls, double[] accuracy)
    {
        _calls = calls;
        _accuracy = accuracy;
    }

    /// <summary>Gets the accuracy of the weak model alone, in [0, 1].</summary>
    public double WeakAccuracy => _accuracy[0];

    /// <summary>Gets the accuracy of the strong model alone, in [0, 1].</summary>
    public double StrongAccuracy => _accuracy[^1];

    /// <summary>Gets the average performance gap recovered: the mean over all shares of calls of (accuracy − weak) / (strong − weak). 0.5 for a random order; it may lie above 1.</summary>
    /// <value><see langword="null"/> where the models are equally accurate.</value>
    public double? AverageGapRecovered
    {
        get
        {
            double area = 0;
            for (int i = 1; i < _calls.Length; i++)
            {
                area += (_calls[i] - _calls[i - 1]) * (_accuracy[i] + _accuracy[i - 1]) / 2;
            }

            double gap = StrongAccuracy - WeakAccuracy;
            return gap == 0 ? null : (area - WeakAccuracy) / gap;
        }
    }

    /// <summary>Creates the curve.</summary>
    /// <param name="scores">One score a call; the highest are sent to the strong model first. Not <see cref="double.NaN"/>.</param>
    /// <param name="weakCorrect">Whether the weak model was right.</param>
    /// <param name="strongCorrect">Whether the strong model was right.</param>
    /// <returns>The curve.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The counts differ or are 0, or a score is not a number.</exception>
    public static RoutingCurve Create(IReadOnlyList<double> scores, IReadOnlyList<bool> weakCorrect, IReadOnlyList<bool> strongCorrect)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(weakCorrect);
        ArgumentNullException.ThrowIfNull(strongCorrect);
        if (scores.Count == 0 || scores.Count != weakCorrect.Count || scores.Count != strongCorrect.Count || scores.Any(double.IsNaN))
        {
            throw new ArgumentException($"{scores.Count} scores, {weakCorrect.Count} and {strongCorrect.Count} labels: expected at least one call, a number and two labels each.", nameof(scores));
        }

        int[] order = Order(scores);
        return Create(order, [.. order.Select(i => scores[i])], weakCorrect, strongCorrect, null);
    }

    /// <summary>Returns the accuracy at a share of calls to the strong model.</summary>
    /// <param name="calls">The share, in [0, 1].</param>
    /// <returns>The accuracy, in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="calls"/> is not in [0, 1].</exception>
    public double AccuracyAt(double calls)
    {
        if (!(calls is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(calls), calls, "A share of calls lies between 0 and 1.");
        }

        int i = 1;
        while (i < _calls.Length - 1 && _calls[i] < calls)
        {
            i++;
        }

        return _accuracy[i - 1] + ((_accuracy[i] - _accuracy[i - 1]) * (calls - _calls[i - 1]) / (_calls[i] - _calls[i - 1]));
    }

    /// <summary>Returns the least share of calls to the strong model at which an accuracy is reached.</summary>
    /// <param name="accuracy">The accuracy.</param>
    /// <returns>The share, in [0, 1], or <see langword="null"/> where it is never reached.</returns>
    public double? CallsFor(double accuracy)
    {
        // Rounding must not hide that the strong model reaches its own accuracy.
        double target = accuracy - 1e-12;
        if (_accuracy[0] >= target)
        {
            return 0;
        }

        for (int i = 1; i < _calls.Length; i++)
        {
            if (_accuracy[i] >= target)
            {
                return _calls[i - 1] + ((_calls[i] - _calls[i - 1]) * Math.Clamp((accuracy - _accuracy[i - 1]) / (_accuracy[i] - _accuracy[i - 1]), 0, 1));
            }
        }

        return null;
    }

    /// <summary>Returns the call-performance threshold: the least share of calls at which a share of the gap between the models is recovered.</summary>
    /// <param name="share">The share of the gap: 0.5 for CPT(50 %), 0.8 for CPT(80 %).</param>
    /// <returns>The share of calls, in [0, 1], or <see langword="null"/> where it is never reached or the strong model is not the better one.</returns>
    public double? CallsForGapShare(double share) => StrongAccuracy > WeakAccuracy ? CallsFor(WeakAccuracy + (share * (StrongAccuracy - WeakAccuracy))) : null;

    /// <summary>The calls from the highest score to the lowest.</summary>
    internal static int[] Order(IReadOnlyList<double> scores) => [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])];

    /// <summary>The curve of calls that are sorted already, each counted as often as its weight says.</summary>
    internal static RoutingCurve Create(int[] order, double[] sorted, IReadOnlyList<bool> weakCorrect, IReadOnlyList<bool> strongCorrect, int[]? weights)
    {
        double total = 0;
        double right = 0;
        for (int i = 0; i < order.Length; i++)
        {
            double weight = weights?[order[i]] ?? 1;
            total += weight;
            right += weakCorrect[order[i]] ? weight : 0;
        }

        List<double> calls = [0];
        List<double> accuracy = [right / total];
        double sent = 0;
        for (int i = 0; i < order.Length; i++)
        {
            double weight = weights?[order[i]] ?? 1;
            sent += weight;
            right += weight * ((strongCorrect[order[i]] ? 1 : 0) - (weakCorrect[order[i]] ? 1 : 0));
            bool lastOfTie = i + 1 == order.Length || sorted[i + 1] < sorted[i];
            if (lastOfTie && sent / total > calls[^1])
            {
                calls.Add(sent / total);
                accuracy.Add(right / total);
            }
        }

        return new RoutingCurve([.. calls], [.. accuracy]);
    }
}
