namespace HeteroAgent;

/// <summary>Where the operands of a step come from.</summary>
internal sealed class ProvenanceFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "provenance.question", "provenance.earlier", "provenance.here", "provenance.derived", "provenance.constant", "provenance.nowhere", "provenance.nowhereShare", "provenance.questionShare",
        "provenance.firstUses", "provenance.unused", "provenance.unusedShare", "provenance.fromPrevious", "provenance.agreement", "provenance.leastAgreement", "provenance.unitMismatch",
        "provenance.nowhereBefore", "provenance.freshNumbers", "provenance.freshShare", "provenance.firstUsesBefore", "provenance.mixesSources",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        StepFlow flow = trace.Flows[step];
        int all = flow.Sources.Sum(), at = 0, numbers = trace.Asked.Numbers.Count;
        foreach (int count in flow.Sources)
        {
            values[at++] = count;
        }

        values[at++] = all == 0 ? float.NaN : (float)flow.Nowhere.Count / all;
        values[at++] = all == 0 ? float.NaN : (float)flow.Sources[(int)ValueSource.Question] / all;
        values[at++] = flow.FirstUses;
        values[at++] = flow.Unused;
        values[at++] = numbers == 0 ? float.NaN : (float)flow.Unused / numbers;
        values[at++] = flow.FromPrevious;
        values[at++] = flow.Agreement.Count == 0 ? float.NaN : flow.Agreement.Average();
        values[at++] = flow.Agreement.Count == 0 ? float.NaN : flow.Agreement.Min();
        values[at++] = flow.UnitKnown == 0 ? float.NaN : (float)flow.UnitMismatch / flow.UnitKnown;
        values[at++] = trace.Totals[step].NowhereBefore;

        // Numbers that are neither asked, nor seen, nor reached here.
        int fresh = trace.Totals[step].Fresh;
        values[at++] = fresh;
        values[at++] = trace.Steps[step].Values.Count == 0 ? float.NaN : (float)fresh / trace.Steps[step].Values.Count;
        values[at++] = trace.Totals[step].FirstUsesBefore;
        values[at] = flow.Sources[0] > 0 && flow.Sources[1] + flow.Sources[2] > 0 ? 1 : 0;
    }
}
