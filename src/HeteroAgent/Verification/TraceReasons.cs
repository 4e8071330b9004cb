namespace HeteroAgent;

/// <summary>Puts what the exact rules found into words. Only what practically never holds of a sound step is said.</summary>
internal static class TraceReasons
{
    private const int MostKnown = 60;

    public static IReadOnlyList<StepReason> Of(TraceText trace, string domain)
    {
        List<StepReason> reasons = [];
        for (int step = 0; step < trace.Steps.Count; step++)
        {
            foreach (Equation equation in trace.Steps[step].Equations)
            {
                if (equation.IsWrong)
                {
                    Add(reasons, step, Difference(equation));
                }
            }

            foreach (Identity identity in trace.Steps[step].Identities)
            {
                if (!identity.Holds)
                {
                    Add(reasons, step, $"{identity.Left} does not equal {identity.Right}");
                }
            }

            if (trace.Swaps is { } swaps)
            {
                if (swaps[step].Reason is { } contradiction)
                {
                    Add(reasons, step, contradiction);
                }
                else if (swaps[step].ChoosesWrong == true)
                {
                    Add(reasons, step, "the chosen option is not what the swaps lead to");
                }
            }

            if (domain == TraceDomain.Arithmetic)
            {
                foreach (Rational value in trace.Flows[step].Nowhere)
                {
                    if (IsSurprising(value) && !Explained(trace, step, value))
                    {
                        Add(reasons, step, $"{value} occurs neither in the question nor in an earlier step");
                    }
                }
            }
        }

        if (domain == TraceDomain.Arithmetic && trace.IsComplete)
        {
            Final(trace, reasons);
        }

        return reasons;
    }

    private static void Final(TraceText trace, List<StepReason> reasons)
    {
        int last = trace.Steps.Count - 1;
        if (trace.Answers.Value is not { } answer || trace.Totals[last].LastResult is not { } result || answer.Equals(result))
        {
            return;
        }

        // An answer that an earlier step wrote down, or that two numbers make, was reached without an equation that can be read.
        if (trace.Steps.Take(last).All(s => !s.Values.Contains(answer)) && !trace.Steps[last].Results.Contains(answer) && !Explained(trace, last, answer))
        {
            Add(reasons, last, $"the answer {answer} is not the last result, {result}");
        }
    }

    // Small whole numbers are counted off, not taken from anywhere.
    private static bool IsSurprising(Rational value) => value.IsInteger && value.Abs().CompareTo(Rational.Whole(20)) > 0;

    // Something worked out in the head: two known numbers make it.
    private static bool Explained(TraceText trace, int step, Rational value)
    {
        // Among very many numbers some two always do.
        if (trace.Asked.Numbers.Count > MostKnown)
        {
            return true;
        }

        HashSet<Rational> known = [.. trace.Asked.Numbers, Rational.Whole(100), Rational.Whole(12), Rational.Whole(7), Rational.Whole(60), Rational.Whole(2)];
        for (int i = Math.Max(0, step - 8); i <= step && known.Count < MostKnown; i++)
        {
            known.UnionWith(trace.Steps[i].Values);
        }

        // What was made from the value does not explain it.
        _ = known.Remove(value);
        foreach (Equation equation in trace.Steps[step].Equations)
        {
            if (equation.Computed.Operands.Contains(value))
            {
                _ = known.Remove(equation.Stated.Value);
            }
        }

        foreach (Rational a in known)
        {
            if (known.Contains(Rational.Subtract(value, a) ?? value) || known.Contains(Rational.Add(value, a) ?? value) || known.Contains(Rational.Subtract(a, value) ?? value)
                || (a.Sign != 0 && (known.Contains(Rational.Divide(value, a) ?? value) || known.Contains(Rational.Divide(a, value) ?? value) || known.Contains(Rational.Multiply(value, a) ?? value))))
            {
                return true;
            }
        }

        return false;
    }

    private static string Difference(Equation equation)
    {
        Expression computed = equation.Computed, stated = equation.Stated;
        return stated.HasOperator ? $"{computed.Text} is {computed.Value}, but {stated.Text} is {stated.Value}" : $"{computed.Text} is {computed.Value}, not {stated.Text}";
    }

    private static void Add(List<StepReason> reasons, int step, string text)
    {
        StepReason reason = new(step, $"step {step + 1}: {text}");
        if (!reasons.Contains(reason))
        {
            reasons.Add(reason);
        }
    }
}
