namespace HeteroAgent;

/// <summary>The binomial distribution, exactly.</summary>
internal static class Binomial
{
    /// <summary>P(at most <paramref name="successes"/> of <paramref name="trials"/>), each with probability <paramref name="p"/> in (0, 1).</summary>
    internal static double CumulativeProbability(int successes, int trials, double p)
    {
        if (successes >= trials)
        {
            return 1;
        }

        // In logarithms: (1 − p)^n underflows where n is large.
        double odds = Math.Log(p) - Math.Log(1 - p);
        double term = trials * Math.Log(1 - p);
        double sum = Math.Exp(term);
        for (int i = 0; i < successes; i++)
        {
            term += Math.Log((double)(trials - i) / (i + 1)) + odds;
            sum += Math.Exp(term);
        }

        return Math.Min(sum, 1);
    }
}
