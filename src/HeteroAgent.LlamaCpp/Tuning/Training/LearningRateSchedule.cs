namespace HeteroAgent.LlamaCpp;

/// <summary>A linear rise over the warm-up and a cosine down to zero (Loshchilov and Hutter, arXiv:1608.03983).</summary>
internal static class LearningRateSchedule
{
    /// <summary>The rate of a step, counted from 0.</summary>
    internal static double Rate(double highest, int step, int steps, int warmupSteps)
    {
        int warmup = Math.Min(warmupSteps, steps / 10);
        return step < warmup
            ? highest * (step + 1) / warmup
            : highest * 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / Math.Max(1, steps - warmup)));
    }
}
