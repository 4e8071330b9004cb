using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>Scores every trace by a verifier that saw neither its question nor, on request, its writer's family.</summary>
internal static class CrossValidation
{
    /// <summary>Cross-validates over questions; a row's threshold is chosen on the held-out rows of the other folds.</summary>
    public static IReadOnlyList<HeldOutTrace> ByQuestion(IReadOnlyList<CorpusTrace> traces, TrainingTable table, TraceScore[] scores, ProcessVerifierTrainingOptions options)
    {
        int[] fold = table.Folds(options.Folds, options.Seed);
        HeldOutTrace[] held = new HeldOutTrace[traces.Count];
        for (int f = 0; f < options.Folds; f++)
        {
            Dictionary<string, double> thresholds = ProcessVerifierTrainer.Thresholds(Enumerable.Range(0, scores.Length).Where(i => fold[i] != f).Select(i => (table.Rows[i], scores[i])));
            for (int i = 0; i < scores.Length; i++)
            {
                if (fold[i] == f)
                {
                    held[i] = Held(traces[i], table.Rows[i], scores[i], thresholds);
                }
            }
        }

        return held;
    }

    /// <summary>Scores the traces of each family of writers by a verifier that was trained on other families and other questions.</summary>
    public static IReadOnlyList<HeldOutTrace> ByFamily(IReadOnlyList<CorpusTrace> traces, TrainingTable table, ProcessVerifierTrainingOptions options, CancellationToken cancellationToken)
    {
        List<HeldOutTrace> held = [];
        foreach (string family in traces.Where(IsProcessBench).Select(static t => t.Family!).Distinct().Order(StringComparer.Ordinal))
        {
            int[] tested = [.. Enumerable.Range(0, traces.Count).Where(i => IsProcessBench(traces[i]) && traces[i].Family == family)];
            HashSet<string> questions = [.. tested.Select(i => table.Rows[i].Labeled.SplitKey)];
            TrainingTable.Row[] kept = [.. Enumerable.Range(0, traces.Count)
                .Where(i => !questions.Contains(table.Rows[i].Labeled.SplitKey) && !(IsProcessBench(traces[i]) && traces[i].Family == family))
                .Select(i => table.Rows[i])];
            TrainingTable other = TrainingTable.Of(kept);
            Dictionary<string, double> thresholds = ProcessVerifierTrainer.Thresholds(kept.Zip(ProcessVerifierTrainer.HeldOut(other, options, cancellationToken)));
            VerifierTrees trees = VerifierTrees.Train(kept, options, cancellationToken);
            held.AddRange(tested.Select(i => Held(traces[i], table.Rows[i], trees.Score(table.Rows[i].Features), thresholds)));
        }

        return held;
    }

    private static bool IsProcessBench(CorpusTrace trace) => trace.Source is Corpus.ProcessBenchGsm8k or Corpus.ProcessBenchMath;

    private static HeldOutTrace Held(CorpusTrace trace, TrainingTable.Row row, TraceScore score, Dictionary<string, double> thresholds) =>
        new(trace, score.Margin, score.ToResult(thresholds.GetValueOrDefault(row.Features.Domain, thresholds[VerifierFile.AnyDomain]), row.Features.Domain, false, []), score.MostLikelyPlace);
}
