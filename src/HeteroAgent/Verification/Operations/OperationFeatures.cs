namespace HeteroAgent;

/// <summary>Whether it is plausible to combine these quantities in this way, by what worked solutions do in like words.</summary>
internal sealed class OperationFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "operation.count", "operation.pairMin", "operation.pairMean", "operation.wordsMin", "operation.wordsMean", "operation.choiceMin", "operation.choiceMean", "operation.rank", "operation.bestOther", "operation.sumMin",
        "operation.pairMinBefore", "operation.choiceMinBefore", "operation.firstUses", "operation.reuses", "operation.unknown", "operation.unitClashes", "operation.unused", "operation.unusedShare",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        OperationTrace reading = trace.Operations;
        OperationStep s = reading.Steps[step];
        int at = 0;
        values[at++] = s.Operations.Count;
        values[at++] = Min(s.GivenPair);
        values[at++] = Mean(s.GivenPair);
        values[at++] = Min(s.GivenWords);
        values[at++] = Mean(s.GivenWords);
        values[at++] = Min(s.Choice);
        values[at++] = Mean(s.Choice);
        values[at++] = s.Choice.Count == 0 ? float.NaN : s.Rank;
        values[at++] = (float)s.BestOther;
        values[at++] = s.GivenPair.Count == 0 ? float.NaN : Min(s.GivenPair) + Min(s.GivenWords) + (s.Choice.Count == 0 ? -1 : Min(s.Choice));
        values[at++] = Before(reading, step, static u => u.GivenPair);
        values[at++] = Before(reading, step, static u => u.Choice);
        values[at++] = s.FirstUses;
        values[at++] = s.Reuses;
        values[at++] = s.Unknown;
        values[at++] = s.UnitClashes;
        values[at++] = s.Unused;
        values[at] = reading.Given == 0 ? float.NaN : (float)s.Unused / reading.Given;
    }

    private static float Min(List<double> values) => values.Count == 0 ? float.NaN : (float)values.Min();

    private static float Mean(List<double> values) => values.Count == 0 ? float.NaN : (float)values.Average();

    private static float Before(OperationTrace reading, int step, Func<OperationStep, List<double>> of)
    {
        float min = float.NaN;
        for (int i = Math.Max(0, step - 30); i < step; i++)
        {
            float value = Min(of(reading.Steps[i]));
            min = float.IsNaN(min) ? value : float.IsNaN(value) ? min : Math.Min(min, value);
        }

        return min;
    }
}
