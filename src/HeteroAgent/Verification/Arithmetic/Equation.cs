namespace HeteroAgent;

/// <summary>One equation between numbers that was found in a text.</summary>
/// <param name="Status">What exact arithmetic says about it.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="IsApproximate">Whether it was written with <c>≈</c>.</param>
internal sealed record Equation(EquationStatus Status, Expression Left, Expression Right, bool IsApproximate)
{
    /// <summary>The token at which its sign stands.</summary>
    public int Position { get; init; }

    /// <summary>The difference in relation to the larger side; 0 where both are equal.</summary>
    public double RelativeError { get; init; }

    /// <summary>Whether it does not hold in any reading.</summary>
    public bool IsWrong => Status is EquationStatus.Wrong or EquationStatus.PercentSlip;

    /// <summary>The side that was computed, and the side that was stated as its result.</summary>
    public Expression Computed => Left.HasOperator ? Left : Right;

    public Expression Stated => Left.HasOperator ? Right : Left;
}
