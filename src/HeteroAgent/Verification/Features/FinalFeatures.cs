namespace HeteroAgent;

/// <summary>Whether the last step answers what was asked with what was reached.</summary>
internal sealed class FinalFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "final.states", "final.statedBefore", "final.unused", "final.unusedShare", "final.isLastResult", "final.isAnyResult", "final.inQuestion", "final.candidates", "final.differs", "final.fraction", "final.negative", "final.scale",
        "final.asked", "final.noun", "final.fresh", "final.equations", "final.hasNumber", "final.isLargest", "final.dangling", "final.answerLength", "final.stepsToAnswer",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        values[0] = FinalAnswer.Find(trace.Steps[step].Raw) is null ? 0 : 1;
        FinalAnswer answer = trace.Answers;
        if (!trace.IsComplete)
        {
            return;
        }

        values[1] = answer.FirstStep >= 0 ? step > answer.FirstStep ? 1 : 0 : float.NaN;
        values[20] = answer.FirstStep >= 0 ? answer.FirstStep - step : float.NaN;
        if (!trace.IsLast(step))
        {
            return;
        }

        TextView view = trace.Steps[step];
        StepFlow flow = trace.Flows[step];
        int numbers = trace.Asked.Numbers.Count, at = 2;
        Rational? last = trace.Totals[step].LastResult;
        values[at++] = flow.Unused;
        values[at++] = numbers == 0 ? float.NaN : (float)flow.Unused / numbers;
        values[at++] = answer.Value is { } a && last is { } l ? a.Equals(l) ? 1 : 0 : float.NaN;
        values[at++] = answer.Value is { } b ? trace.Steps.Any(s => s.Results.Contains(b)) ? 1 : 0 : float.NaN;
        values[at++] = answer.Value is { } c ? trace.Asked.Numbers.Contains(c) ? 1 : 0 : float.NaN;
        values[at++] = answer.Candidates;
        values[at++] = answer.Differs ? 1 : 0;
        values[at++] = answer.Value is { } d ? !d.IsInteger && trace.Asked.IsCount ? 1 : 0 : float.NaN;
        values[at++] = answer.Value is { } e ? e.Sign < 0 ? 1 : 0 : float.NaN;
        values[at++] = answer.Value is { } f ? (float)(Math.Log10(1 + Math.Abs(f.ToDouble())) - Math.Log10(1 + trace.Asked.Largest)) : float.NaN;
        values[at++] = Overlap.Covered(trace.Asked.Asked, view.Content);
        values[at++] = trace.Asked.Noun.Length == 0 ? float.NaN : view.Content.Contains(trace.Asked.Noun) ? 1 : 0;
        values[at++] = answer.Value is { } g && step > 0 ? trace.Steps.Take(step).Any(s => s.Values.Contains(g)) ? 0 : 1 : float.NaN;
        values[at++] = trace.Totals[step].EquationsBefore + view.Equations.Count;
        values[at++] = answer.Value is null ? 0 : 1;
        values[at++] = answer.Value is { } h ? Math.Abs(h.ToDouble()) >= trace.Totals[step].LargestBefore ? 1 : 0 : float.NaN;
        values[at++] = flow.Open;
        values[at] = answer.Text?.Length ?? float.NaN;
    }
}
