namespace HeteroAgent;

/// <summary>Words of correction, of doubt, of assumption and of conclusion, in this step, the next and all later ones.</summary>
internal sealed class HedgeFeatures : IFeatureGroup
{
    private static readonly int[] Looked = [.. new[] { "correction", "contrast", "hedge", "check" }.Select(IndexOf)];
    private static readonly int Correction = IndexOf("correction");
    private static readonly int Assumption = IndexOf("assumption");

    public IReadOnlyList<string> Names { get; } =
    [
        .. HedgeCounts.ListNames.Select(static n => $"hedge.{n}"),
        .. HedgeCounts.ListNames.Select(static n => $"hedge.{n}Next"),
        "hedge.correctionLater", "hedge.contrastLater", "hedge.hedgeLater", "hedge.checkLater", "hedge.correctionBefore", "hedge.assumptionBefore", "hedge.startsWith",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        int at = 0, lists = HedgeCounts.ListNames.Count;
        HedgeCounts counts = trace.Hedges;
        bool hasNext = trace.IsComplete && !trace.IsLast(step);
        for (int list = 0; list < lists; list++)
        {
            values[at++] = counts.Here(step, list);
        }

        for (int list = 0; list < lists; list++)
        {
            values[at++] = hasNext ? counts.Here(step + 1, list) : float.NaN;
        }

        foreach (int list in Looked)
        {
            values[at++] = trace.IsComplete ? counts.After(step, list) : float.NaN;
        }

        values[at++] = counts.Before(step, Correction);
        values[at++] = counts.Before(step, Assumption);
        values[at] = trace.Steps[step].Words is [var first, ..] ? HedgeCounts.Kind(first) : float.NaN;
    }

    private static int IndexOf(string name) => HedgeCounts.ListNames.ToList().IndexOf(name);
}
