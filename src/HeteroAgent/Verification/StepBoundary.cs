namespace HeteroAgent;

/// <summary>Where one step of a reasoning trace ends and the next begins.</summary>
public enum StepBoundary
{
    /// <summary>At a line break.</summary>
    Line,

    /// <summary>At a blank line.</summary>
    Paragraph,
}
