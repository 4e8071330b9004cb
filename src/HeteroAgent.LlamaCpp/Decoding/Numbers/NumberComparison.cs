namespace HeteroAgent.LlamaCpp;

/// <summary>A comparison with a number that must hold.</summary>
internal readonly record struct NumberComparison(NumberComparisonKind Kind, ExactNumber Value)
{
    /// <summary>Whether it holds for a number that compares to the value like <paramref name="order"/> to zero.</summary>
    public bool Holds(int order) => Kind switch
    {
        NumberComparisonKind.Above => order > 0,
        NumberComparisonKind.AtLeast => order >= 0,
        NumberComparisonKind.Below => order < 0,
        NumberComparisonKind.AtMost => order <= 0,
        _ => order != 0,
    };
}
