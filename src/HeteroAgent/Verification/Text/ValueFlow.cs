using System.Collections.Frozen;
using System.Numerics;

namespace HeteroAgent;

/// <summary>Follows every number of a trace from the question through the steps. Linear in the numbers.</summary>
internal static class ValueFlow
{
    private static readonly FrozenSet<Rational> Constants = new[] { 0, 1, 2, 3, 4, 7, 10, 12, 16, 24, 30, 52, 60, 100, 180, 360, 365, 1000 }.Select(Rational.Whole).Append(Rational.Create(1, 2)!.Value).ToFrozenSet();

    public static StepFlow[] Of(QuestionText question, IReadOnlyList<TextView> steps, TextView? context)
    {
        HashSet<Rational> asked = [.. question.Numbers], derived = [], seen = [], used = [], results = [], open = [];
        asked.UnionWith(context?.Values ?? []);

        foreach (Rational value in asked)
        {
            Derive(value, derived);
        }

        Dictionary<Rational, Quantity> contexts = [];
        foreach (Quantity quantity in question.View.Quantities)
        {
            // A number that occurs twice has no context of its own.
            contexts[quantity.Value] = contexts.ContainsKey(quantity.Value) ? quantity with { Context = [], Unit = string.Empty } : quantity;
        }

        Dictionary<Rational, int> last = [];
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Rational value in steps[i].Values)
            {
                last[value] = i;
            }
        }

        var flows = new StepFlow[steps.Count];
        int unused = question.Numbers.Count;
        HashSet<Rational> previous = [];
        for (int i = 0; i < steps.Count; i++)
        {
            TextView view = steps[i];
            StepFlow flow = flows[i] = new StepFlow();
            HashSet<Rational> here = [];
            foreach (Equation equation in view.Equations)
            {
                foreach (Rational operand in equation.Computed.Operands)
                {
                    ValueSource source = Source(operand, asked, seen, here, derived);
                    flow.Sources[(int)source]++;
                    flow.FromPrevious += previous.Contains(operand) ? 1 : 0;
                    _ = open.Remove(operand);
                    if (source == ValueSource.Nowhere)
                    {
                        flow.Nowhere.Add(operand);
                    }
                }

                Expression stated = equation.Stated;
                if (!stated.HasOperator)
                {
                    flow.Repeated += results.Add(stated.Value) ? 0 : 1;
                    flow.Dangling += last.TryGetValue(stated.Value, out int at) && at > i ? 0 : 1;
                    _ = here.Add(stated.Value);
                    _ = open.Add(stated.Value);
                }
            }

            foreach (Quantity quantity in view.Quantities)
            {
                if (asked.Contains(quantity.Value) && used.Add(quantity.Value))
                {
                    flow.FirstUses++;
                    unused -= question.Numbers.Contains(quantity.Value) ? 1 : 0;
                }

                if (!quantity.IsResult && contexts.TryGetValue(quantity.Value, out Quantity? origin) && origin.Context.Count > 0 && quantity.Context.Count > 0)
                {
                    flow.Agreement.Add((float)quantity.Context.Count(origin.Context.Contains) / quantity.Context.Count);
                    if (origin.Unit.Length > 0 && quantity.Unit.Length > 0)
                    {
                        flow.UnitKnown++;
                        flow.UnitMismatch += origin.Unit == quantity.Unit ? 0 : 1;
                    }
                }
            }

            flow.Unused = unused;
            flow.Open = open.Count;
            seen.UnionWith(view.Values);
            previous = here;
        }

        return flows;
    }

    private static ValueSource Source(Rational operand, HashSet<Rational> asked, HashSet<Rational> seen, HashSet<Rational> here, HashSet<Rational> derived) =>
        asked.Contains(operand) ? ValueSource.Question
        : here.Contains(operand) ? ValueSource.Here
        : seen.Contains(operand) ? ValueSource.Earlier
        : derived.Contains(operand) ? ValueSource.Derived
        : Constants.Contains(operand.Abs()) ? ValueSource.Constant
        : ValueSource.Nowhere;

    private static void Derive(Rational value, HashSet<Rational> derived)
    {
        Rational one = Rational.Whole(1), hundred = Rational.Whole(100);
        Add(Rational.Divide(value, hundred));
        Add(Rational.Multiply(value, hundred));
        Add(Rational.Subtract(hundred, value));
        Add(Rational.Add(hundred, value));
        Add(Rational.Subtract(one, value));
        Add(Rational.Add(one, value));
        Add(value.Sign == 0 ? null : Rational.Divide(one, value));
        if (Rational.Divide(value, hundred) is { } share)
        {
            Add(Rational.Subtract(one, share));
            Add(Rational.Add(one, share));
        }

        // Of a fraction, its parts.
        Add(Rational.Create(value.Numerator, BigInteger.One));
        Add(Rational.Create(value.Denominator, BigInteger.One));

        void Add(Rational? next)
        {
            if (next is { } known)
            {
                _ = derived.Add(known);
            }
        }
    }
}
