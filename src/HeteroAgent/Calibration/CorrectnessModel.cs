namespace HeteroAgent;

/// <summary>Estimates from the signals of one local answer how likely it is correct: logistic regression, with isotonic calibration on top where asked for.</summary>
/// <remarks>
/// <para>One number from all signals, as the learned combinations of Gupta et al. (arXiv 2404.10136). Which signals it uses is what the labelled calls carried; a missing signal has a weight of its own
/// where it was missing in some of them.</para>
/// <para>Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class CorrectnessModel
{
    private readonly string[] _signals;
    private readonly bool[] _required;

    internal CorrectnessModel(string[] signals, bool[] required, LogisticRegression logistic, IsotonicRegression? isotonic)
    {
        _signals = signals;
        _required = required;
        Logistic = logistic;
        Isotonic = isotonic;
    }

    /// <summary>Gets the names of the signals that the model uses, in ordinal order.</summary>
    public IReadOnlyList<string> Signals => _signals;

    /// <summary>Gets the regression on the signals, in the order of <see cref="Signals"/>.</summary>
    public LogisticRegression Logistic { get; }

    /// <summary>Gets the calibration of its log-odds, or <see langword="null"/> where none was asked for.</summary>
    public IsotonicRegression? Isotonic { get; }

    internal IReadOnlyList<bool> Required => _required;

    /// <summary>Fits a model.</summary>
    /// <param name="calls">The labelled calls; both correct and wrong ones must occur.</param>
    /// <param name="options">How to fit; <see langword="null"/> for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="calls"/> or a call is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">No call carries any signal.</exception>
    /// <exception cref="InsufficientLabelsException">There are fewer than two correct or fewer than two wrong calls.</exception>
    public static CorrectnessModel Fit(IReadOnlyList<LabeledCall> calls, CorrectnessModelOptions? options = null)
    {
        options ??= new CorrectnessModelOptions();
        string[] signals = Check(calls);
        CorrectnessModel model = new(signals, RequiredOf(signals, calls), FitLogistic(signals, calls, options), null);
        if (!options.UseIsotonic)
        {
            return model;
        }

        double[] margins = OutOfFoldMargins(signals, calls, options);
        return new CorrectnessModel(signals, model._required, model.Logistic, IsotonicRegression.Fit(margins, [.. calls.Select(c => c.IsCorrect ? 1.0 : 0.0)]));
    }

    /// <summary>Returns for each call the probability that a model gives it which was fitted without it and without its group: what a threshold may be chosen on.</summary>
    /// <param name="calls">The labelled calls; both correct and wrong ones must occur.</param>
    /// <param name="options">How to fit; <see langword="null"/> for the defaults.</param>
    /// <returns>One probability a call. Isotonic calibration is left out, since it would need folds of its own.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="calls"/> or a call is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">No call carries any signal.</exception>
    /// <exception cref="InsufficientLabelsException">There are fewer than two correct or fewer than two wrong calls.</exception>
    public static IReadOnlyList<double> PredictOutOfFold(IReadOnlyList<LabeledCall> calls, CorrectnessModelOptions? options = null) =>
        [.. OutOfFoldMargins(Check(calls), calls, options ?? new CorrectnessModelOptions()).Select(HeteroAgent.Logistic.Probability)];

    /// <summary>Returns the probability that an answer is correct.</summary>
    /// <param name="signals">Its signals by name; those that the model does not use are ignored.</param>
    /// <returns>A probability in [0, 1].</returns>
    /// <exception cref="ArgumentNullException"><paramref name="signals"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A signal is infinite or not a number, or <see cref="FindMissing"/> names one.</exception>
    public double Predict(IReadOnlyDictionary<string, double> signals)
    {
        if (FindMissing(signals) is { } missing)
        {
            throw new ArgumentException($"The signal '{missing}' is missing; every call that the model was fitted on had it.", nameof(signals));
        }

        double margin = Logistic.LogOdds(Row(_signals, signals));
        return Isotonic?.Predict(margin) ?? HeteroAgent.Logistic.Probability(margin);
    }

    /// <summary>Returns the first signal that every fitting call carried and these signals lack: of such an answer the model knows nothing.</summary>
    /// <param name="signals">The signals of an answer by name.</param>
    /// <returns>The signal's name, or <see langword="null"/> where nothing is missing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="signals"/> is <see langword="null"/>.</exception>
    public string? FindMissing(IReadOnlyDictionary<string, double> signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        for (int i = 0; i < _signals.Length; i++)
        {
            if (_required[i] && !signals.ContainsKey(_signals[i]))
            {
                return _signals[i];
            }
        }

        return null;
    }

    private static string[] Check(IReadOnlyList<LabeledCall> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        foreach (LabeledCall call in calls)
        {
            ArgumentNullException.ThrowIfNull(call, nameof(calls));
        }

        int correct = calls.Count(c => c.IsCorrect);
        if (Math.Min(correct, calls.Count - correct) < 2)
        {
            throw new InsufficientLabelsException(
                $"Of {calls.Count} labelled calls to fit on, {correct} are correct and {calls.Count - correct} wrong; at least 2 of each are needed.", 2, Math.Min(correct, calls.Count - correct));
        }

        string[] signals = [.. calls.SelectMany(c => c.Signals.Keys).Distinct().Order(StringComparer.Ordinal)];
        return signals.Length > 0 ? signals : throw new ArgumentException("No labelled call carries a signal; see CallSignals for those that are read from a response.", nameof(calls));
    }

    private static bool[] RequiredOf(string[] signals, IReadOnlyList<LabeledCall> calls) => [.. signals.Select(s => calls.All(c => c.Signals.ContainsKey(s)))];

    private static LogisticRegression FitLogistic(string[] signals, IReadOnlyList<LabeledCall> calls, CorrectnessModelOptions options) =>
        LogisticRegression.Fit([.. calls.Select(c => Row(signals, c.Signals))], [.. calls.Select(c => c.IsCorrect)], options.L2);

    private static double[] OutOfFoldMargins(string[] signals, IReadOnlyList<LabeledCall> calls, CorrectnessModelOptions options)
    {
        int[] folds = Folds.Assign([.. calls.Select(c => c.Group)], [.. calls.Select(c => c.IsCorrect)], options.Folds, options.Seed);
        double[] margins = new double[calls.Count];
        for (int fold = 0; fold <= folds.Max(); fold++)
        {
            LabeledCall[] others = [.. calls.Where((_, i) => folds[i] != fold)];
            int correct = others.Count(c => c.IsCorrect);
            if (correct == 0 || correct == others.Length)
            {
                throw new InsufficientLabelsException($"Without one fold of {options.Folds}, all {others.Length} labelled calls are of one class: label more, or put fewer into one group.", calls.Count + 1, calls.Count);
            }

            LogisticRegression model = FitLogistic(signals, others, options);
            for (int i = 0; i < calls.Count; i++)
            {
                if (folds[i] == fold)
                {
                    margins[i] = model.LogOdds(Row(signals, calls[i].Signals));
                }
            }
        }

        return margins;
    }

    private static double[] Row(string[] names, IReadOnlyDictionary<string, double> signals)
    {
        double[] row = new double[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            row[i] = !signals.TryGetValue(names[i], out double value) ? double.NaN
                : double.IsFinite(value) ? value
                : throw new ArgumentException($"The signal '{names[i]}' is {value}; a signal is finite, and one that is not known is left out.", nameof(signals));
        }

        return row;
    }
}
