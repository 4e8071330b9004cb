namespace HeteroAgent;

/// <summary>Whether a step's words, names and numbers occur in the passages that the model was given.</summary>
internal sealed class GroundingFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } = ["grounding.words", "grounding.names", "grounding.numbers"];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        if (trace.Context is not { } context)
        {
            return;
        }

        TextView view = trace.Steps[step];
        values[0] = Overlap.Covered(view.Content, context.Content);
        values[1] = Overlap.Covered(AgentState.Names(view.Raw), context.Content);
        values[2] = view.Values.Count == 0 ? float.NaN : (float)view.Values.Count(v => context.Values.Contains(v) || trace.Question.Values.Contains(v)) / view.Values.Count;
    }
}
