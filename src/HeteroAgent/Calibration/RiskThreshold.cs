namespace HeteroAgent;

/// <summary>The probability of being correct from which an answer is accepted, and the bound that was proved for it.</summary>
/// <remarks>
/// <para><see cref="Conformal"/> bounds the share of all calls that are accepted and wrong; <see cref="FixedSequence"/> bounds the share of wrong ones among those accepted.</para>
/// <para>Both hold for calls exchangeable with the calibrating ones: same task, model, prompt and traffic, and scored by a model that has not seen them.</para>
/// </remarks>
public sealed record RiskThreshold
{
    private RiskThreshold(double value, double alpha, double? delta, IReadOnlyList<double> scores, IReadOnlyList<bool> correct)
    {
        Value = value;
        Alpha = alpha;
        Delta = delta;
        Labels = scores.Count;
        for (int i = 0; i < scores.Count; i++)
        {
            if (scores[i] >= value)
            {
                Accepted++;
                AcceptedWrong += correct[i] ? 0 : 1;
            }
        }
    }

    /// <summary>Gets the least score that is accepted; <see cref="double.PositiveInfinity"/> where nothing can be accepted under the bound.</summary>
    public double Value { get; }

    /// <summary>Gets the bound, in (0, 1).</summary>
    public double Alpha { get; }

    /// <summary>Gets how often the bound on P(wrong | accepted) may fail over repeated calibrations, in (0, 1); <see langword="null"/> for the bound on P(accepted and wrong), which holds in expectation.</summary>
    public double? Delta { get; }

    /// <summary>Gets the number of calibrating labels.</summary>
    public int Labels { get; }

    /// <summary>Gets how many of the calibrating calls are accepted.</summary>
    public int Accepted { get; }

    /// <summary>Gets how many of them are wrong.</summary>
    public int AcceptedWrong { get; }

    /// <summary>Gets the share of the calibrating calls that is accepted, in [0, 1].</summary>
    public double Coverage => (double)Accepted / Labels;

    /// <summary>Chooses the lowest threshold at which P(accepted and wrong) ≤ <paramref name="alpha"/> by conformal risk control (Angelopoulos et al., arXiv 2208.02814).</summary>
    /// <param name="scores">The scores of the calibrating calls, one each, not <see cref="double.NaN"/>; they must not have been used to fit the scorer.</param>
    /// <param name="correct">Whether each was correct.</param>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <returns>The smallest t with (k(t) + 1) / (n + 1) ≤ <paramref name="alpha"/>, where k(t) of n calls are wrong and score at least t.</returns>
    /// <remarks>The bound is on the mean over calibrations: one calibration may lie above it by chance, and the next call's risk averages to at most <paramref name="alpha"/>.</remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The counts differ, or a score is not a number.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are fewer than <see cref="LabelsNeeded(double)"/> labels.</exception>
    public static RiskThreshold Conformal(IReadOnlyList<double> scores, IReadOnlyList<bool> correct, double alpha)
    {
        Check(scores, correct);
        int needed = LabelsNeeded(alpha);
        if (scores.Count < needed)
        {
            throw new InsufficientLabelsException(FormattableString.Invariant(
                $"To bound P(accepted and wrong) by {alpha:0.####}, the threshold needs {needed} calibrating labels; there are {scores.Count}."), needed, scores.Count);
        }

        double[] wrong = [.. Enumerable.Range(0, scores.Count).Where(i => !correct[i]).Select(i => scores[i]).OrderDescending()];
        int allowed = 0;
        while (allowed < wrong.Length && (allowed + 2.0) / (scores.Count + 1) <= alpha)
        {
            allowed++;
        }

        // With that many wrong calls accepted, the threshold may come down to just above the next wrong one.
        double value = allowed < wrong.Length ? Math.BitIncrement(wrong[allowed]) : double.NegativeInfinity;
        return new RiskThreshold(value, alpha, null, scores, correct);
    }

    /// <summary>
    /// Chooses the lowest threshold at which P(wrong | accepted) ≤ <paramref name="alpha"/> with a confidence of 1 − <paramref name="delta"/>, by fixed-sequence testing with exact
    /// binomial p-values (Learn then Test, Angelopoulos et al., arXiv 2110.01052).
    /// </summary>
    /// <param name="scores">The scores of the calibrating calls, one each, not <see cref="double.NaN"/>; they must not have been used to fit the scorer.</param>
    /// <param name="correct">Whether each was correct.</param>
    /// <param name="candidates">The thresholds to test, in any order; they must not depend on the calibrating calls. They are tested from the strictest down, until one fails.</param>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <param name="delta">How often it may fail, in (0, 1).</param>
    /// <returns>The last threshold that passed, or <see cref="double.PositiveInfinity"/> where the strictest one did not.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The counts differ, there is no candidate, or a number is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> or <paramref name="delta"/> is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are fewer than <see cref="LabelsNeeded(double, double)"/> labels.</exception>
    public static RiskThreshold FixedSequence(IReadOnlyList<double> scores, IReadOnlyList<bool> correct, IReadOnlyList<double> candidates, double alpha, double delta)
    {
        Check(scores, correct);
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count == 0 || candidates.Any(double.IsNaN))
        {
            throw new ArgumentException("There must be at least one candidate threshold, and each must be a number.", nameof(candidates));
        }

        int needed = LabelsNeeded(alpha, delta);
        if (scores.Count < needed)
        {
            throw new InsufficientLabelsException(FormattableString.Invariant(
                $"To bound P(wrong | accepted) by {alpha:0.####} with confidence {1 - delta:0.####}, the threshold needs {needed} calibrating labels; there are {scores.Count}."), needed, scores.Count);
        }

        double value = double.PositiveInfinity;
        foreach (double candidate in candidates.Distinct().OrderDescending())
        {
            RiskThreshold tested = new(candidate, alpha, delta, scores, correct);
            if (Binomial.CumulativeProbability(tested.AcceptedWrong, tested.Accepted, alpha) > delta)
            {
                break;
            }

            value = candidate;
        }

        return new RiskThreshold(value, alpha, delta, scores, correct);
    }

    /// <summary>Returns the least number of calibrating labels with which P(accepted and wrong) can be bounded: the smallest n with 1 / (n + 1) ≤ <paramref name="alpha"/>.</summary>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <returns>19 for 5 %, 99 for 1 %.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not in (0, 1).</exception>
    public static int LabelsNeeded(double alpha)
    {
        CheckProbability(alpha, nameof(alpha));
        return Smallest((1 / alpha) - 1, n => 1.0 / (n + 1.0) <= alpha);
    }

    /// <summary>Returns the least number of calibrating labels with which P(wrong | accepted) can be bounded: the smallest m with (1 − <paramref name="alpha"/>)^m ≤ <paramref name="delta"/>.</summary>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <param name="delta">How often it may fail, in (0, 1).</param>
    /// <returns>59 for 5 % at 5 %; all of them must be accepted and correct, so that in practice more are needed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not in (0, 1).</exception>
    public static int LabelsNeeded(double alpha, double delta)
    {
        CheckProbability(alpha, nameof(alpha));
        CheckProbability(delta, nameof(delta));
        return Smallest(Math.Log(delta) / Math.Log(1 - alpha), m => Binomial.CumulativeProbability(0, (int)Math.Min(m, int.MaxValue), alpha) <= delta);
    }

    internal static void CheckProbability(double value, string name)
    {
        if (!(value is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "A probability strictly between 0 and 1 is expected.");
        }
    }

    // The estimate is exact but for rounding, so its neighbours are tried.
    private static int Smallest(double estimate, Func<long, bool> holds)
    {
        long n = (long)Math.Clamp(Math.Floor(estimate) - 1, 1, int.MaxValue);
        while (n < int.MaxValue && !holds(n))
        {
            n++;
        }

        return (int)n;
    }

    private static void Check(IReadOnlyList<double> scores, IReadOnlyList<bool> correct)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(correct);
        if (scores.Count != correct.Count)
        {
            throw new ArgumentException($"There are {scores.Count} scores and {correct.Count} labels; expected one label a score.", nameof(correct));
        }

        for (int i = 0; i < scores.Count; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException($"Score {i} is not a number.", nameof(scores));
            }
        }
    }
}
