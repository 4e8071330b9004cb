namespace HeteroAgent;

/// <summary>One operation of a chain of computations.</summary>
/// <param name="Operation">One of + − * /.</param>
/// <param name="Left">The left operand.</param>
/// <param name="Right">The right operand.</param>
/// <param name="Equation">The index of its equation.</param>
/// <param name="IsLast">Whether that is the last one.</param>
internal sealed record ChainStep(char Operation, ChainOperand Left, ChainOperand Right, int Equation, bool IsLast)
{
    private static readonly double[] Constants = [1, 2, 3, 4, 7, 12, 24, 30, 52, 60, 100, 365];

    /// <summary>The operations of an answer's equations, each operand traced to where it comes from.</summary>
    internal static List<ChainStep> Read(QuestionContext question, IReadOnlyList<TextEquation> equations)
    {
        List<ChainStep> steps = [];
        List<(double Value, char Operation)> results = [];
        for (int e = 0; e < equations.Count; e++)
        {
            TextEquation equation = equations[e];
            for (int i = 0; i + 1 < equation.Operands.Count && i < equation.Operations.Length; i++)
            {
                steps.Add(new ChainStep(equation.Operations[i], Trace(question, results, equation.Operands[i]), Trace(question, results, equation.Operands[i + 1]), e, e == equations.Count - 1));
            }

            results.Add((equation.Stated, equation.Operations[^1]));
        }

        return steps;
    }

    private static ChainOperand Trace(QuestionContext question, List<(double Value, char Operation)> results, double value)
    {
        for (int r = results.Count - 1; r >= 0; r--)
        {
            if (Same(results[r].Value, value))
            {
                return new ChainOperand(r == results.Count - 1 ? "last" : "older", ["from:" + results[r].Operation], value, 100 + r);
            }
        }

        foreach (ChainOperand quantity in question.Quantities)
        {
            if (Same(quantity.Value, value) || (quantity.Context.Contains("%") && Same(quantity.Value * 100, value)))
            {
                return quantity;
            }
        }

        return new ChainOperand(Constants.Contains(value) ? FormattableString.Invariant($"const{value}") : "none", [], value, -1);
    }

    private static bool Same(double a, double b) => Math.Abs(a - b) < 1e-6;
}
