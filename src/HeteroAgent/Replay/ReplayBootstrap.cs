namespace HeteroAgent;

/// <summary>Percentile intervals over resampled prompts.</summary>
internal static class ReplayBootstrap
{
    internal static Estimate[] Estimate(ReplayMeasures measures, IReadOnlyList<string> prompts, ReplayOptions options, CancellationToken cancellationToken)
    {
        double?[] values = measures.Compute(null);
        List<int>[] groups = Folds.Members(prompts);
        List<double>[] samples = [.. values.Select(_ => new List<double>(options.BootstrapSamples))];
        Random random = new(options.Seed);
        int[] weights = new int[prompts.Count];
        for (int sample = 0; sample < options.BootstrapSamples; sample++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(weights);
            for (int draw = 0; draw < groups.Length; draw++)
            {
                foreach (int row in groups[random.Next(groups.Length)])
                {
                    weights[row]++;
                }
            }

            double?[] resampled = measures.Compute(weights);
            for (int m = 0; m < samples.Length; m++)
            {
                if (resampled[m] is { } value)
                {
                    samples[m].Add(value);
                }
            }
        }

        return [.. values.Select((value, m) => Interval(value, samples[m], options.BootstrapSamples))];
    }

    private static Estimate Interval(double? value, List<double> samples, int drawn)
    {
        // An interval over the samples that have the measure says little where a tenth of them has none.
        if (value is null || samples.Count < drawn * 0.9)
        {
            return new Estimate(value, null, null);
        }

        samples.Sort();
        return new Estimate(value, samples[(int)(samples.Count * 0.025)], samples[Math.Min(samples.Count - 1, (int)(samples.Count * 0.975))]);
    }
}
