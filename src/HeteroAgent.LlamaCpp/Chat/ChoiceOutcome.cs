namespace HeteroAgent.LlamaCpp;

/// <summary>The best of a closed set of answers, with the probability of each: that with which sampling under the grammar writes it. The log-probabilities of its tokens are those among the tokens that continue some answer; 0 where there is no other.</summary>
internal sealed record ChoiceOutcome(int Index, string Text, Confidence Confidence)
{
    /// <summary>How much the probability of an answer that is not the best may be off.</summary>
    internal const double Tolerance = 0.05;

    internal static ChoiceOutcome From(IReadOnlyList<string> choices, float[][] scores, double[] shares)
    {
        int best = Array.IndexOf(shares, shares.Max());
        Dictionary<string, double> probabilities = [];
        for (int i = 0; i < shares.Length; i++)
        {
            probabilities[choices[i]] = shares[i];
        }

        int count = scores[best].Length;
        Confidence confidence = new(count == 0 ? 0 : scores[best].Sum(s => (double)s) / count, count == 0 ? 0 : scores[best].Min(), count, shares[best]) { Choices = probabilities };
        return new ChoiceOutcome(best, choices[best], confidence);
    }

    internal IEnumerable<TokenLogprob> Logprobs(Vocabulary vocabulary, IReadOnlyList<int[]> tokens, float[][] scores) =>
        tokens[Index].Select((token, i) => new TokenLogprob(token, vocabulary.Text(token), Math.Min(scores[Index][i], 0)));
}
