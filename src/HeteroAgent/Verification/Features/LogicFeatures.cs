namespace HeteroAgent;

/// <summary>Whether the steps of a puzzle of swaps follow the exact simulation.</summary>
internal sealed class LogicFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } = ["logic.pairs", "logic.wrong", "logic.wrongBefore", "logic.doubled", "logic.choosesWrong"];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        if (trace.Swaps is not { } states)
        {
            return;
        }

        SwapState state = states[step];
        values[0] = state.Pairs;
        values[1] = state.Wrong;
        values[2] = state.WrongBefore;
        values[3] = state.IsDoubled ? 1 : 0;
        values[4] = state.ChoosesWrong is { } wrong ? wrong ? 1 : 0 : float.NaN;
    }
}
