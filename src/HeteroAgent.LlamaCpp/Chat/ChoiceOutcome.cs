namespace HeteroAgent.LlamaCpp;

/// <summary>The best of a closed set of answers, with the probability of each: the softmax of their summed token log-probabilities.</summary>
internal sealed record ChoiceOutcome(int Index, string Text, Confidence Confidence, IReadOnlyDictionary<string, double> Probabilities)
{
    internal static ChoiceOutcome From(IReadOnlyList<string> choices, float[][] scores)
    {
        double[] sums = [.. scores.Select(s => s.Sum(x => (double)x))];
        double max = sums.Max();
        double total = sums.Sum(s => Math.Exp(s - max));
        int best = Array.IndexOf(sums, max);
        Dictionary<string, double> probabilities = [];
        for (int i = 0; i < sums.Length; i++)
        {
            probabilities[choices[i]] = Math.Exp(sums[i] - max) / total;
        }

        int count = scores[best].Length;
        Confidence confidence = new(count == 0 ? 0 : max / count, count == 0 ? 0 : scores[best].Min(), count, probabilities[choices[best]]);
        return new ChoiceOutcome(best, choices[best], confidence, probabilities);
    }

    internal IEnumerable<TokenLogprob> Logprobs(Vocabulary vocabulary, IReadOnlyList<int[]> tokens, float[][] scores) =>
        tokens[Index].Select((token, i) => new TokenLogprob(token, vocabulary.Text(token), scores[Index][i]));
}
