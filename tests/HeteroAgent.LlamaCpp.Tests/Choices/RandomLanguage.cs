namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Logits that depend on nothing but the tokens before, made from a seed; the higher the peak, the surer of the next token.</summary>
internal sealed class RandomLanguage(int seed, int vocabulary, double peak)
{
    /// <summary>The token that ends a text; no choice holds it.</summary>
    internal int End => vocabulary;

    internal int[][] Choices(int count)
    {
        Random random = new(seed);
        List<int[]> choices = [];
        while (choices.Count < count)
        {
            // Often a prefix of another, a continuation of one, or one again.
            int[] start = choices.Count > 0 && random.Next(3) > 0 ? choices[random.Next(choices.Count)] : [];
            int[] kept = start[..random.Next(start.Length + 1)];
            choices.Add([.. kept, .. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(vocabulary))]);
        }

        return [.. choices];
    }

    internal float[] Logits(ReadOnlySpan<int> prefix)
    {
        int hash = seed;
        foreach (int token in prefix)
        {
            hash = unchecked((hash * 1_000_003) ^ (token + 1));
        }

        Random random = new(hash);
        return [.. Enumerable.Range(0, vocabulary + 1).Select(_ => (float)(peak * random.NextDouble()))];
    }

    internal float[] Score(int[] choice) => [.. choice.Select((token, i) =>
    {
        float[] logits = Logits(choice.AsSpan(0, i));
        return logits[token] - Normaliser(logits);
    })];

    internal double[] Shares(int[][] choices)
    {
        double[] mass = [.. choices.Select(c => Math.Exp(Score(c).Sum(s => (double)s)))];
        return [.. mass.Select(m => m / mass.Sum())];
    }

    /// <summary>The shares as a sampler would draw that may only write what begins a choice, and may end where one ends.</summary>
    internal double[] BranchShares(int[][] choices) => [.. choices.Select(choice =>
    {
        double share = 1;
        for (int i = 0; i <= choice.Length; i++)
        {
            int[] prefix = choice[..i];
            int[][] under = [.. choices.Where(c => c.AsSpan().StartsWith(prefix))];
            int[] next = [.. under.Select(c => c.Length == i ? End : c[i]).Distinct()];
            float[] logits = Logits(prefix);
            share *= Math.Exp(logits[i == choice.Length ? End : choice[i]]) / next.Sum(t => Math.Exp(logits[t]));
        }

        return share / choices.Count(c => c.AsSpan().SequenceEqual(choice));
    })];

    /// <summary>Scores in rounds of so many nodes and returns their number.</summary>
    internal int Run(ChoiceScoring scoring, int most)
    {
        if (!scoring.IsScored(0))
        {
            Score(scoring, 0);
        }

        int rounds = 1;
        for (; scoring.Next(most) is { Count: > 0 } nodes; rounds++)
        {
            if (nodes.Count > most)
            {
                throw new InvalidOperationException($"{nodes.Count} nodes where at most {most} were asked for.");
            }

            nodes.ForEach(n => Score(scoring, n));
        }

        return rounds;
    }

    private void Score(ChoiceScoring scoring, int node)
    {
        if (scoring.IsScored(node) || (node > 0 && !scoring.IsScored(scoring.Tree[node].Parent)))
        {
            throw new InvalidOperationException($"The node {node} is scored, or its parent is not.");
        }

        List<int> prefix = [];
        for (int n = node; n > 0; n = scoring.Tree[n].Parent)
        {
            prefix.Insert(0, scoring.Tree[n].Token);
        }

        float[] logits = Logits(prefix.ToArray());
        scoring.Score(node, logits, Normaliser(logits));
    }

    private static float Normaliser(float[] logits) => Sampler.LogSumExp(logits, new float[logits.Length]);
}
