namespace HeteroAgent;

/// <summary>What a step looks like and where it stands.</summary>
internal sealed class FormFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } = ["form.characters", "form.index"];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        values[0] = trace.Steps[step].Length;
        values[1] = step;
    }
}
