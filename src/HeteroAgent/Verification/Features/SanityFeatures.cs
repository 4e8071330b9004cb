namespace HeteroAgent;

/// <summary>Whether the results of a step can be what they claim to be.</summary>
internal sealed class SanityFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "sanity.results", "sanity.fraction", "sanity.countedFraction", "sanity.negative", "sanity.zero", "sanity.repeated", "sanity.scale", "sanity.scaleStep", "sanity.percentOver", "sanity.percent", "sanity.dangling", "sanity.open", "sanity.isQuestionNumber",
        "sanity.isOperand", "sanity.decimals", "sanity.usedNext", "sanity.lastResultSize", "sanity.round", "sanity.numberFraction", "sanity.numberNegative", "sanity.numberScale", "sanity.currency",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        TextView view = trace.Steps[step];
        StepFlow flow = trace.Flows[step];
        int fraction = 0, counted = 0, negative = 0, zero = 0, inQuestion = 0, isOperand = 0, round = 0, usedNext = 0, decimals = 0;
        double largest = 0;
        foreach (Equation equation in view.Equations)
        {
            Expression stated = equation.Stated;
            if (stated.HasOperator)
            {
                continue;
            }

            Rational value = stated.Value;
            bool part = !value.IsInteger;
            fraction += part ? 1 : 0;
            counted += part && !stated.HasCurrency && !stated.HasPercent && stated.Units.Any(static u => u.Length > 2 && !MathWords.IsMeasure(u)) ? 1 : 0;
            negative += value.Sign < 0 ? 1 : 0;
            zero += value.Sign == 0 ? 1 : 0;
            inQuestion += trace.Asked.Numbers.Contains(value) ? 1 : 0;
            isOperand += equation.Computed.Operands.Contains(value) ? 1 : 0;
            round += value.IsInteger && value.Sign != 0 && (value.Numerator % 10).IsZero ? 1 : 0;
            decimals = Math.Max(decimals, stated.Decimals);
            largest = Math.Max(largest, Math.Abs(value.ToDouble()));
            usedNext += trace.IsComplete && !trace.IsLast(step) && trace.Steps[step + 1].Values.Contains(value) ? 1 : 0;
        }

        int percent = 0, over = 0, currency = 0, numberFraction = 0, numberNegative = 0;
        double number = 0;
        foreach (Quantity quantity in view.Quantities)
        {
            percent += quantity.IsPercent ? 1 : 0;
            over += quantity.IsPercent && quantity.Value.CompareTo(Rational.Whole(100)) > 0 ? 1 : 0;
            currency += quantity.IsCurrency ? 1 : 0;
            numberFraction += quantity.Value.IsInteger ? 0 : 1;
            numberNegative += quantity.Value.Sign < 0 ? 1 : 0;
            number = Math.Max(number, Math.Abs(quantity.Value.ToDouble()));
        }

        int results = view.Results.Count, at = 0;
        values[at++] = results;
        values[at++] = fraction;
        values[at++] = counted;
        values[at++] = negative;
        values[at++] = zero;
        values[at++] = flow.Repeated;
        values[at++] = results == 0 ? float.NaN : Scale(largest, trace.Asked.Largest);
        values[at++] = results == 0 ? float.NaN : Scale(largest, trace.Totals[step].LargestBefore);
        values[at++] = over;
        values[at++] = percent;
        values[at++] = trace.IsComplete ? flow.Dangling : float.NaN;
        values[at++] = flow.Open;
        values[at++] = inQuestion;
        values[at++] = isOperand;
        values[at++] = decimals;
        values[at++] = trace.IsComplete && !trace.IsLast(step) && results > 0 ? (float)usedNext / results : float.NaN;
        values[at++] = trace.Totals[step].LastResult is { } last ? (float)Math.Log10(1 + Math.Abs(last.ToDouble())) : float.NaN;
        values[at++] = round;
        values[at++] = numberFraction;
        values[at++] = numberNegative;
        values[at++] = view.Quantities.Count == 0 ? float.NaN : Scale(number, trace.Asked.Largest);
        values[at] = currency;
    }

    private static float Scale(double value, double reference) => (float)(Math.Log10(1 + value) - Math.Log10(1 + reference));
}
