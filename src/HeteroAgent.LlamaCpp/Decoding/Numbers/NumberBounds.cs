using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a schema demands of numbers: bounds, divisors, and single values that are ruled out. Immutable.</summary>
internal sealed record NumberBounds
{
    private const int MaxExponent = 400;

    /// <summary>No demand.</summary>
    public static NumberBounds None { get; } = new();

    /// <summary>The bounds: each a comparison that must hold.</summary>
    public ImmutableList<NumberComparison> Comparisons { get; init; } = [];

    /// <summary>What the number must be a multiple of, or must not.</summary>
    public ImmutableList<(ExactNumber Divisor, bool Negated)> Divisors { get; init; } = [];

    /// <summary>Where the schema demands that the number is written in the span source, or null.</summary>
    public string? SpanPointer { get; init; }

    /// <summary>Whether nothing is demanded.</summary>
    public bool IsFree => Comparisons.IsEmpty && Divisors.IsEmpty && SpanPointer is null;

    /// <summary>Equal demands have equal keys.</summary>
    public string Key => (SpanPointer is null ? "" : "s") + string.Join(';', Comparisons.Select(c => $"{c.Kind}{Text(c.Value)}").Concat(Divisors.Select(d => $"{(d.Negated ? "!" : "")}%{Text(d.Divisor)}")).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Both demands.</summary>
    public NumberBounds And(NumberBounds other) => new()
    {
        Comparisons = Comparisons.AddRange(other.Comparisons),
        Divisors = Divisors.AddRange(other.Divisors),
        SpanPointer = SpanPointer ?? other.SpanPointer,
    };

    /// <summary>Whether a number satisfies the demands.</summary>
    public bool Matches(JsonElement number) => Matches(number.GetRawText());

    /// <summary>Whether a number, as JSON writes it, satisfies the demands.</summary>
    public bool Matches(string number)
    {
        ExactNumber value = ExactNumber.Parse(number);
        return Comparisons.TrueForAll(c => c.Holds(ExactNumber.Compare(value, c.Value)))
            && Divisors.TrueForAll(d => value.IsMultipleOf(d.Divisor) != d.Negated);
    }

    /// <summary>The demands with the bounds that say the same left out, or null where no number lies between them.</summary>
    public NumberBounds? Simplify()
    {
        NumberComparison? low = null;
        NumberComparison? high = null;
        var others = new List<NumberComparison>();
        foreach (NumberComparison comparison in Comparisons)
        {
            switch (comparison.Kind)
            {
                case NumberComparisonKind.Above or NumberComparisonKind.AtLeast:
                    low = low is null ? comparison : Tighter(low.Value, comparison, 1);
                    break;
                case NumberComparisonKind.Below or NumberComparisonKind.AtMost:
                    high = high is null ? comparison : Tighter(high.Value, comparison, -1);
                    break;
                default:
                    others.Add(comparison);
                    break;
            }
        }

        if (low is { } l && high is { } h && ExactNumber.Compare(l.Value, h.Value) is var order
            && (order > 0 || (order == 0 && (l.Kind == NumberComparisonKind.Above || h.Kind == NumberComparisonKind.Below))))
        {
            return null;
        }

        if (CommonMultiple() is not { } divisors)
        {
            return null;
        }

        return this with { Comparisons = [.. new[] { low, high }.OfType<NumberComparison>(), .. others.DistinctBy(o => Text(o.Value))], Divisors = divisors };
    }

    // One divisor instead of all that hold; null where one that must not hold divides it.
    private ImmutableList<(ExactNumber Divisor, bool Negated)>? CommonMultiple()
    {
        ExactNumber[] holding = [.. Divisors.Where(d => !d.Negated).Select(d => d.Divisor)];
        ImmutableList<(ExactNumber Divisor, bool Negated)> ruledOut = [.. Divisors.Where(d => d.Negated).DistinctBy(d => Text(d.Divisor))];
        if (holding.Length == 0 || holding.Any(d => Math.Abs(d.Exponent) > MaxExponent))
        {
            return ruledOut.AddRange(holding.Select(d => (d, false)));
        }

        int scale = (int)holding.Max(d => Math.Max(0, -d.Exponent));
        BigInteger common = holding.Select(d => d.Mantissa * BigInteger.Pow(10, (int)(scale + d.Exponent)))
            .Aggregate((x, y) => x / BigInteger.GreatestCommonDivisor(x, y) * y);
        ExactNumber all = ExactNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"{common}e-{scale}"));
        return ruledOut.Exists(d => all.IsMultipleOf(d.Divisor)) ? null : ruledOut.Insert(0, (all, false));
    }

    private static NumberComparison Tighter(NumberComparison x, NumberComparison y, int sign)
    {
        int order = sign * ExactNumber.Compare(x.Value, y.Value);
        return order > 0 ? x : order < 0 ? y : x.Kind is NumberComparisonKind.Above or NumberComparisonKind.Below ? x : y;
    }

    private static string Text(ExactNumber value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.Mantissa}e{value.Exponent}");
}
