namespace HeteroAgent;

public sealed partial class GradientBoostedTrees
{
    /// <summary>Averages the log-odds of several models into one that holds all their trees.</summary>
    /// <param name="models">Models over the same features, at least one.</param>
    /// <returns>The average.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="models"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no model, or their numbers of features differ.</exception>
    public static GradientBoostedTrees Average(IReadOnlyList<GradientBoostedTrees> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
        {
            throw new ArgumentException("An average needs at least one model.", nameof(models));
        }

        if (models.FirstOrDefault(m => m.FeatureCount != models[0].FeatureCount) is { } other)
        {
            throw new ArgumentException($"The models take {models[0].FeatureCount} and {other.FeatureCount} features; an average needs the same.", nameof(models));
        }

        float share = 1f / models.Count;
        return new(models[0].FeatureCount, models.Average(static m => m.BaseMargin), [.. models.SelectMany(m => m._trees).Select(t => t.Scaled(share))]);
    }
}
