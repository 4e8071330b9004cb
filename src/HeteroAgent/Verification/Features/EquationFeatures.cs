namespace HeteroAgent;

/// <summary>What exact arithmetic says about the equations of a step.</summary>
internal sealed class EquationFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "equation.count", "equation.right", "equation.rounded", "equation.truncated", "equation.forced", "equation.percentSlip", "equation.conversion", "equation.wrong",
        "equation.wrongShare", "equation.maxError", "equation.wrongBefore", "equation.inexactBefore", "equation.countBefore", "equation.approximate",
        "equation.plus", "equation.minus", "equation.times", "equation.divided", "equation.power", "equation.operators", "equation.unread", "equation.operandCount", "equation.largestResult", "equation.wrongLater", "equation.mixedOperators",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        TextView view = trace.Steps[step];
        Span<int> byStatus = stackalloc int[7];
        double worst = 0, largest = double.NaN;
        int approximate = 0, operators = 0, operands = 0, mixed = 0;
        Span<int> signs = stackalloc int[5];
        foreach (Equation equation in view.Equations)
        {
            byStatus[(int)equation.Status]++;
            worst = Math.Max(worst, equation.IsWrong ? equation.RelativeError : 0);
            approximate += equation.IsApproximate ? 1 : 0;
            operands += equation.Computed.Operands.Count;
            double stated = Math.Abs(equation.Stated.Value.ToDouble());
            largest = double.IsNaN(largest) ? stated : Math.Max(largest, stated);
            bool additive = false, multiplicative = false;
            foreach (char sign in equation.Computed.Operators)
            {
                operators++;
                int index = "+-*/^".IndexOf(sign, StringComparison.Ordinal);
                signs[Math.Max(0, index)]++;
                additive |= index is 0 or 1;
                multiplicative |= index is 2 or 3;
            }

            mixed += additive && multiplicative ? 1 : 0;
        }

        int wrong = view.WrongCount;
        StepTotals totals = trace.Totals[step];
        int found = view.Equations.Count, at = 0;
        values[at++] = found;
        for (int status = 0; status < byStatus.Length; status++)
        {
            values[at++] = byStatus[status];
        }

        values[at++] = found == 0 ? float.NaN : (float)wrong / found;
        values[at++] = found == 0 ? float.NaN : (float)Math.Min(10, worst);
        values[at++] = totals.WrongBefore;
        values[at++] = totals.InexactBefore;
        values[at++] = totals.EquationsBefore;
        values[at++] = approximate;
        foreach (int sign in signs)
        {
            values[at++] = sign;
        }

        values[at++] = operators;
        values[at++] = view.Tokens.Count(static t => t.Kind is TokenKind.Equals or TokenKind.Approximately) - found;
        values[at++] = operands;
        values[at++] = (float)Math.Log10(1 + largest);
        values[at++] = trace.IsComplete ? totals.WrongLater : float.NaN;
        values[at] = mixed;
    }
}
