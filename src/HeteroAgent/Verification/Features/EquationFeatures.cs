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
            worst = Math.Max(worst, equation.Status is EquationStatus.Wrong or EquationStatus.PercentSlip ? equation.RelativeError : 0);
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

        int wrong = byStatus[(int)EquationStatus.Wrong] + byStatus[(int)EquationStatus.PercentSlip];
        int wrongBefore = 0, inexactBefore = 0, before = 0, later = 0;
        for (int i = 0; i < trace.Steps.Count; i++)
        {
            foreach (Equation equation in trace.Steps[i].Equations)
            {
                bool bad = equation.Status is EquationStatus.Wrong or EquationStatus.PercentSlip;
                before += i < step ? 1 : 0;
                wrongBefore += i < step && bad ? 1 : 0;
                inexactBefore += i < step && equation.Status is EquationStatus.Rounded or EquationStatus.Truncated or EquationStatus.Forced ? 1 : 0;
                later += i > step && bad ? 1 : 0;
            }
        }

        int found = view.Equations.Count, at = 0;
        values[at++] = found;
        for (int status = 0; status < byStatus.Length; status++)
        {
            values[at++] = byStatus[status];
        }

        values[at++] = found == 0 ? float.NaN : (float)wrong / found;
        values[at++] = found == 0 ? float.NaN : (float)Math.Min(10, worst);
        values[at++] = wrongBefore;
        values[at++] = inexactBefore;
        values[at++] = before;
        values[at++] = approximate;
        foreach (int sign in signs)
        {
            values[at++] = sign;
        }

        values[at++] = operators;
        values[at++] = view.Tokens.Count(static t => t.Kind is TokenKind.Equals or TokenKind.Approximately) - found;
        values[at++] = operands;
        values[at++] = (float)Math.Log10(1 + largest);
        values[at++] = trace.IsComplete ? later : float.NaN;
        values[at] = mixed;
    }
}
