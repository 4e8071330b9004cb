namespace HeteroAgent.LlamaCpp;

/// <summary>Trained networks whose averaged probabilities a smaller one learns from (Hinton et al., arXiv:1503.02531), on requests varied anew.</summary>
/// <param name="schema">Tools, slots and words.</param>
/// <param name="networks">The networks, trained.</param>
/// <param name="weight">The share of the teacher's opinion in a target, in [0, 1]; the rest is the label.</param>
/// <param name="variations">How many variations of the examples are labelled; later epochs see them again.</param>
/// <param name="threads">The threads to use.</param>
internal sealed class ExtractiveTeacher(ExtractionSchema schema, IReadOnlyList<ExtractiveNetwork> networks, float weight, int variations, int threads)
{
    /// <summary>What is less likely is left out of a distribution.</summary>
    private const float Least = 1e-3f;

    private readonly Dictionary<int, (AugmentedExample[] Examples, SoftLabels[] Labels)> _labelled = [];

    internal float Weight => weight;

    /// <summary>An epoch's examples and what the teacher thinks of them. All models that learn from this teacher see the same.</summary>
    internal (AugmentedExample[] Examples, SoftLabels[] Labels) Variation(int epoch, Func<int, CancellationToken, AugmentedExample[]> vary, CancellationToken cancellationToken)
    {
        int number = epoch % variations;
        if (!_labelled.TryGetValue(number, out (AugmentedExample[] Examples, SoftLabels[] Labels) known))
        {
            AugmentedExample[] examples = vary(number, cancellationToken);
            known = (examples, Label([.. examples.Select(e => e.Example)], cancellationToken));
            _labelled.Add(number, known);
        }

        return known;
    }

    private SoftLabels[] Label(IReadOnlyList<ExtractiveExample> examples, CancellationToken cancellationToken)
    {
        SoftLabels[] labels = new SoftLabels[examples.Count];
        int chunks = (examples.Count + ExtractiveScorer.RequestsAtOnce - 1) / ExtractiveScorer.RequestsAtOnce;
        Parallel.For(
            0,
            threads,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            thread =>
            {
                NetworkPass[] passes = [.. networks.Select(n => new NetworkPass(n.Network.Parameters, n.Network.Parameters.Values, withGradient: false))];
                for (int chunk = thread; chunk < chunks; chunk += threads)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int first = chunk * ExtractiveScorer.RequestsAtOnce;
                    Label(examples, first, Math.Min(ExtractiveScorer.RequestsAtOnce, examples.Count - first), passes, labels);
                }
            });
        return labels;
    }

    private void Label(IReadOnlyList<ExtractiveExample> examples, int first, int count, NetworkPass[] passes, SoftLabels[] labels)
    {
        (string Text, IReadOnlyList<(int Start, int Length)> Words)[] requests =
            [.. Enumerable.Range(first, count).Select(i => examples[i].Request).Select(r => (r, (IReadOnlyList<(int, int)>)schema.Words.Split(r)))];
        LabelScores[] scores = ExtractiveNetwork.ScoreAll(networks, passes, requests, asProbability: true);

        for (int i = 0; i < count; i++)
        {
            LabelScores score = scores[i];
            labels[first + i] = new SoftLabels(Distribution(score.Tools), [.. Enumerable.Range(0, score.Words).Select(w => Distribution(score.Word(w)))]);
        }
    }

    private static SoftTarget Distribution(ReadOnlySpan<float> probabilities)
    {
        float total = 0;
        foreach (float p in probabilities)
        {
            total += p;
        }

        List<int> numbers = [];
        List<float> weights = [];
        float kept = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > Least * total)
            {
                numbers.Add(i);
                weights.Add(probabilities[i]);
                kept += probabilities[i];
            }
        }

        return new SoftTarget([.. numbers], [.. weights.Select(w => w / kept)]);
    }
}
