namespace HeteroAgent;

/// <summary>One binary operation that a step writes: two operands, the sign between them and where they stand.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Sign"><c>+</c>, <c>-</c>, <c>*</c> or <c>/</c>.</param>
/// <param name="Right">The right operand.</param>
/// <param name="Result">What the equation says it comes to, where it is the equation's only operation.</param>
/// <param name="ResultToken">The token of the result, or -1.</param>
/// <param name="Start">The token of the left operand.</param>
internal readonly record struct Operation(Rational Left, char Sign, Rational Right, Rational? Result, int ResultToken, int Start);
