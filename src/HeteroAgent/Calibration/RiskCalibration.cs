namespace HeteroAgent;

/// <summary>
/// A fitted P(correct) for one task, and labelled calls that were kept from fitting it: from these a threshold with a stated error bound is chosen, for any bound, by
/// <see cref="EscalateWhen.RiskAbove"/> and <see cref="EscalateWhen.ErrorRateAbove"/>.
/// </summary>
/// <remarks>
/// <para>The labelled calls are split at random, groups whole: one part fits the model, the other calibrates the threshold. Given the model, the calibrating calls and the next call are exchangeable, which is all that the bounds need;
/// they hold however poor the model is, and a poor model only accepts less. Groups larger than one weaken exchangeability: with several calls a group, count groups rather than calls.</para>
/// <para>A change of model, prompt, tools or traffic ends exchangeability: recalibrate on new labels.</para>
/// <para>Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class RiskCalibration
{
    private const int MaxCandidates = 400;

    private readonly double[] _scores;
    private readonly bool[] _correct;
    private readonly RiskCandidate[] _candidates;

    internal RiskCalibration(string task, string? modelId, string? promptVersion, DateTimeOffset createdAt, CorrectnessModel model, double[] scores, bool[] correct, RiskCandidate[] candidates)
    {
        Task = task;
        ModelId = modelId;
        PromptVersion = promptVersion;
        CreatedAt = createdAt;
        Model = model;
        _scores = scores;
        _correct = correct;
        _candidates = candidates;
    }

    /// <summary>Gets the name of the task.</summary>
    public string Task { get; }

    /// <summary>Gets the model whose answers were labelled, or <see langword="null"/> where it is not known.</summary>
    public string? ModelId { get; }

    /// <summary>Gets the name of the prompt or policy under which they were given, or <see langword="null"/>.</summary>
    public string? PromptVersion { get; }

    /// <summary>Gets when the calibration was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Gets the fitted P(correct).</summary>
    public CorrectnessModel Model { get; }

    /// <summary>Gets the number of labelled calls that calibrate the threshold.</summary>
    public int Labels => _scores.Length;

    internal IReadOnlyList<double> Scores => _scores;

    internal IReadOnlyList<bool> Correct => _correct;

    internal IReadOnlyList<RiskCandidate> Candidates => _candidates;

    /// <summary>Splits labelled calls, fits P(correct) on one part and keeps the other for the threshold.</summary>
    /// <param name="task">The name of the task; not empty.</param>
    /// <param name="calls">Labelled calls of that task, drawn as the calls to come will be: all of them, or a random sample; not only the doubtful ones.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The task has no name, no call carries a signal, or the calls name more than one model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientLabelsException">The fitting part has fewer than two correct or two wrong calls, or the calibrating part is empty.</exception>
    public static RiskCalibration Fit(string task, IReadOnlyList<LabeledCall> calls, RiskCalibrationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(task);
        ArgumentNullException.ThrowIfNull(calls);
        options ??= new RiskCalibrationOptions();
        RiskThreshold.CheckProbability(options.CalibrationShare, nameof(options.CalibrationShare));
        string?[] models = [.. calls.Select(c => c.ModelId).Append(options.ModelId).Where(m => m is not null).Distinct()];
        if (models.Length > 1)
        {
            throw new ArgumentException($"The labelled calls name the models {string.Join(", ", models)}; a calibration holds for one.", nameof(calls));
        }

        (List<LabeledCall> fitting, List<LabeledCall> calibrating) = Split(calls, options);
        if (calibrating.Count == 0)
        {
            throw new InsufficientLabelsException($"Of {calls.Count} labelled calls none is left to calibrate the threshold.", 1, 0);
        }

        CorrectnessModel model = CorrectnessModel.Fit(fitting, options.Model);
        double[] scores = [.. calibrating.Select(c => Score(model, c.Signals))];
        return new RiskCalibration(
            task, models.FirstOrDefault(), options.PromptVersion, options.TimeProvider.GetUtcNow(), model, scores, [.. calibrating.Select(c => c.IsCorrect)], CandidatesOf(fitting, model, options.Model));
    }

    /// <summary>Reads a calibration from a file.</summary>
    /// <param name="path">The file that <see cref="Save"/> wrote.</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CalibrationFileException">The file is not a calibration, is damaged, or is of a later version.</exception>
    public static RiskCalibration Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RiskCalibrationFile.Read(File.ReadAllBytes(path), path);
    }

    /// <summary>Writes the calibration to a file: a few kilobytes of JSON with a checksum, no text of any call. The file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string partial = path + ".partial";
        File.WriteAllBytes(partial, RiskCalibrationFile.Write(this));
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Chooses the lowest threshold at which P(accepted and wrong) ≤ <paramref name="alpha"/>, in expectation: see <see cref="RiskThreshold.Conformal"/>.</summary>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are too few calibrating labels for this bound.</exception>
    public RiskThreshold GetThreshold(double alpha) => RiskThreshold.Conformal(_scores, _correct, alpha);

    /// <summary>
    /// Chooses the lowest threshold at which P(wrong | accepted) ≤ <paramref name="alpha"/> with a confidence of 1 − <paramref name="delta"/>: see <see cref="RiskThreshold.FixedSequence"/>.
    /// </summary>
    /// <param name="alpha">The bound, in (0, 1).</param>
    /// <param name="delta">How often it may fail, in (0, 1).</param>
    /// <returns>The threshold; it accepts nothing where not even the surest calls keep the bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not in (0, 1).</exception>
    /// <exception cref="InsufficientLabelsException">There are too few calibrating labels for this bound.</exception>
    public RiskThreshold GetErrorRateThreshold(double alpha, double delta)
    {
        RiskThreshold.CheckProbability(alpha, nameof(alpha));

        // The sequence starts where the fitting calls speak most clearly for the bound: at the strictest threshold few calls are accepted, and one unlucky one would end it.
        // Any start is valid that does not look at the calibrating calls (Learn then Test, section on learned orderings).
        int start = 0;
        double least = double.PositiveInfinity;
        for (int i = 0; i < _candidates.Length; i++)
        {
            double p = Binomial.CumulativeProbability(_candidates[i].Wrong, _candidates[i].Accepted, alpha);
            if (p < least)
            {
                least = p;
                start = i;
            }
        }

        return RiskThreshold.FixedSequence(_scores, _correct, [.. _candidates[start..].Select(c => c.Threshold)], alpha, delta);
    }

    /// <summary>Throws where the calibration was made for something else.</summary>
    /// <param name="task">The task it is to be used for; <see langword="null"/> not to compare.</param>
    /// <param name="modelId">The model; <see langword="null"/> not to compare.</param>
    /// <param name="promptVersion">The prompt or policy; <see langword="null"/> not to compare.</param>
    /// <exception cref="CalibrationMismatchException">One of them differs from what was labelled.</exception>
    public void EnsureMatches(string? task = null, string? modelId = null, string? promptVersion = null)
    {
        Compare("task", Task, task);
        Compare("model", ModelId, modelId);
        Compare("prompt version", PromptVersion, promptVersion);

        static void Compare(string what, string? calibrated, string? used)
        {
            if (used is not null && used != calibrated)
            {
                throw new CalibrationMismatchException($"The calibration was made for the {what} '{calibrated}', not for '{used}': its bound does not hold there. Label new calls and recalibrate.");
            }
        }
    }

    // A call that lacks what every fitting call had is never accepted, in calibration as in use.
    internal static double Score(CorrectnessModel model, IReadOnlyDictionary<string, double> signals) =>
        model.FindMissing(signals) is null ? model.Predict(signals) : double.NegativeInfinity;

    private static (List<LabeledCall> Fitting, List<LabeledCall> Calibrating) Split(IReadOnlyList<LabeledCall> calls, RiskCalibrationOptions options)
    {
        List<int>[] groups = Folds.Members([.. calls.Select(c => c?.Group)]);
        new Random(options.Seed).Shuffle(groups);
        int fittingGroups = groups.Length - (int)Math.Round(groups.Length * options.CalibrationShare, MidpointRounding.AwayFromZero);
        return ([.. groups.Take(fittingGroups).SelectMany(g => g).Select(i => calls[i])], [.. groups.Skip(fittingGroups).SelectMany(g => g).Select(i => calls[i])]);
    }

    // A fixed sequence of thresholds must not come from the calibrating calls: these are scores of the fitting calls by models that had not seen them, which lie like those of the calls to come.
    private static RiskCandidate[] CandidatesOf(List<LabeledCall> fitting, CorrectnessModel model, CorrectnessModelOptions options)
    {
        (double Score, bool IsCorrect)[] sorted = [.. CorrectnessModel.PredictOutOfFold(fitting, options)
            .Select((p, i) => (Score: model.Isotonic?.Predict(Logistic.Margin(p)) ?? p, fitting[i].IsCorrect)).OrderByDescending(c => c.Score)];
        List<RiskCandidate> candidates = [];
        int wrong = 0;
        int step = 1 + ((sorted.Length - 1) / MaxCandidates);
        for (int i = 0; i < sorted.Length; i++)
        {
            wrong += sorted[i].IsCorrect ? 0 : 1;
            bool lastOfTie = i + 1 == sorted.Length || sorted[i + 1].Score < sorted[i].Score;
            if (lastOfTie && ((i + 1) % step == 0 || i + 1 == sorted.Length || step == 1))
            {
                candidates.Add(new RiskCandidate(sorted[i].Score, i + 1, wrong));
            }
        }

        return [.. candidates];
    }
}
