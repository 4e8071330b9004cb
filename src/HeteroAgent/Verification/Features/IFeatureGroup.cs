namespace HeteroAgent;

/// <summary>Some features of a step that are read from the same evidence.</summary>
internal interface IFeatureGroup
{
    /// <summary>The names, each <c>group.feature</c>, in the order in which they are written.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Writes one value a name; NaN where a feature does not apply or cannot be known yet.</summary>
    void Write(TraceText trace, int step, Span<float> values);
}
