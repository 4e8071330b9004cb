namespace HeteroAgent.Onnx;

/// <summary>Trains a process verifier on labelled traces and writes it as an ONNX file.</summary>
/// <remarks>
/// <para>Two sets of gradient-boosted trees over readable features of the text: a hazard per step (is this step the first error, given that the earlier ones are right) and one model of the whole trace. Thresholds are chosen per kind of trace on folds that the trees have not seen, split by <see cref="LabeledTrace.Group"/>.</para>
/// <para>Thread-safe. Training is deterministic; it takes minutes for ten thousand traces on two cores.</para>
/// </remarks>
public static class ProcessVerifierTrainer
{
    // Fewer traces than this of one kind choose no threshold of their own.
    private const int FewestForThreshold = 40;

    /// <summary>Trains a verifier.</summary>
    /// <param name="traces">Labelled traces: the user's own, others', or both. Both flawed and sound ones are needed.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <param name="properties">What else to store with the model, such as its data and licence; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Cancels between trees.</param>
    /// <returns>The ONNX file, which <see cref="ProcessVerifier.Load(byte[])"/> reads.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="traces"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There are too few traces or groups, or all are flawed, or all are sound.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static byte[] Train(IReadOnlyList<LabeledTrace> traces, ProcessVerifierTrainingOptions? options = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        Check(traces, options);
        TrainingTable table = TrainingTable.Create(traces, options.Seed, cancellationToken);
        return Finish(table, HeldOut(table, options, cancellationToken), options, properties, cancellationToken);
    }

    /// <summary>Trains on traces that were scored out of fold already.</summary>
    internal static byte[] Finish(TrainingTable table, TraceScore[] held, ProcessVerifierTrainingOptions options, IReadOnlyDictionary<string, string>? properties, CancellationToken cancellationToken)
    {
        Dictionary<string, double> thresholds = Thresholds(table.Rows.Select((r, i) => (r, held[i])));
        VerifierTrees trees = VerifierTrees.Train(table.Rows, options, cancellationToken);
        return VerifierFile.Write(trees, thresholds, properties ?? new Dictionary<string, string>());
    }

    /// <summary>Scores every trace by trees that were grown without its group.</summary>
    internal static TraceScore[] HeldOut(TrainingTable table, ProcessVerifierTrainingOptions options, CancellationToken cancellationToken)
    {
        int[] fold = table.Folds(options.Folds, options.Seed);
        TraceScore[] held = new TraceScore[table.Rows.Length];
        for (int f = 0; f < options.Folds; f++)
        {
            VerifierTrees trees = VerifierTrees.Train([.. table.Rows.Where((_, i) => fold[i] != f)], options, cancellationToken);
            for (int i = 0; i < held.Length; i++)
            {
                if (fold[i] == f)
                {
                    held[i] = trees.Score(table.Rows[i].Features);
                }
            }
        }

        return held;
    }

    /// <summary>Chooses the threshold of each kind of trace from traces that a person labelled; a kind with too few takes that of all.</summary>
    internal static Dictionary<string, double> Thresholds(IEnumerable<(TrainingTable.Row Row, TraceScore Score)> held)
    {
        (string Domain, ThresholdSearch.Held Held)[] rows = [.. held
            .Where(static h => !h.Row.Labeled.IsWeak)
            .Select(static h => (h.Row.Features.Domain, new ThresholdSearch.Held(h.Score.Margin, h.Row.Labeled.IsFlawed, h.Score.MostLikelyPlace == h.Row.Labeled.FirstError)))];
        Dictionary<string, double> thresholds = new(StringComparer.Ordinal) { [VerifierFile.AnyDomain] = ThresholdSearch.BestF1([.. rows.Select(static r => r.Held)]) };
        foreach (IGrouping<string, ThresholdSearch.Held> domain in rows.GroupBy(static r => r.Domain, static r => r.Held))
        {
            ThresholdSearch.Held[] few = [.. domain];
            if (domain.Key != "other" && few.Length >= FewestForThreshold && few.Any(static h => h.Flawed) && few.Any(static h => !h.Flawed))
            {
                thresholds[domain.Key] = domain.Key == "agent" ? ThresholdSearch.BestAccuracy(few) : ThresholdSearch.BestF1(few);
            }
        }

        return thresholds;
    }

    private static void Check(IReadOnlyList<LabeledTrace> traces, ProcessVerifierTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(traces);
        int groups = traces.Select(static t => t.SplitKey).Distinct().Count();
        if (groups < options.Folds)
        {
            throw new ArgumentException($"{traces.Count} traces in {groups} groups cannot be split into {options.Folds} folds; give at least {options.Folds} questions.", nameof(traces));
        }

        if (traces.All(static t => t.IsFlawed) || !traces.Any(static t => t.IsFlawed))
        {
            throw new ArgumentException($"All {traces.Count} traces are {(traces[0].IsFlawed ? "flawed" : "sound")}; a verifier is trained on both kinds.", nameof(traces));
        }

        if (traces.All(static t => t.IsWeak))
        {
            throw new ArgumentException("Every label is weak; thresholds are chosen on labels that a person gave.", nameof(traces));
        }
    }
}
