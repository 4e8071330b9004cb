namespace HeteroAgent;

/// <summary>The logistic function and its inverse.</summary>
internal static class Logistic
{
    public static double Probability(double margin) =>
        margin >= 0 ? 1 / (1 + Math.Exp(-margin)) : Math.Exp(margin) / (1 + Math.Exp(margin));

    /// <summary>The log-odds of a probability, which is first held away from 0 and 1.</summary>
    public static double Margin(double probability)
    {
        double p = Math.Clamp(probability, 1e-9, 1 - 1e-9);
        return Math.Log(p / (1 - p));
    }
}
