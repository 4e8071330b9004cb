using System.Collections.Immutable;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a schema demands of strings. Immutable.</summary>
internal sealed record TextDemand
{
    /// <summary>No demand.</summary>
    public static TextDemand None { get; } = new();

    /// <summary>The fewest code points.</summary>
    public int Least { get; init; }

    /// <summary>The most code points; <see cref="int.MaxValue"/> is no bound.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Patterns, formats, and texts that are ruled out.</summary>
    public ImmutableList<TextRule> Rules { get; init; } = [];

    /// <summary>Where the schema demands that the string occurs in the span source, or null.</summary>
    public string? SpanPointer { get; init; }

    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"{Least}-{Most}{(SpanPointer is null ? "" : "s")}{string.Concat(Rules.Select(r => $"|{(r.IsNegated ? "!" : "")}{r.Key}").Distinct().Order(StringComparer.Ordinal))}";

    /// <summary>Both demands.</summary>
    public TextDemand And(TextDemand other) => new()
    {
        Least = Math.Max(Least, other.Least),
        Most = Math.Min(Most, other.Most),
        Rules = Rules.AddRange(other.Rules),
        SpanPointer = SpanPointer ?? other.SpanPointer,
    };

    /// <summary>The most code points that the bound and the rules allow.</summary>
    public int MostOfAll => Rules.Where(r => !r.IsNegated).Select(r => r.Most).Append(Most).Min();

    /// <summary>Whether a string satisfies the demand; the span source is not asked.</summary>
    public bool Matches(string text)
    {
        int length = text.EnumerateRunes().Count();
        return length >= Least && length <= MostOfAll && Rules.TrueForAll(r => r.Automaton.Matches(text) != r.IsNegated);
    }

    /// <summary>The texts that satisfy the demand.</summary>
    /// <exception cref="UnsupportedSchemaException">The automaton would be too large.</exception>
    public TextAutomaton Automaton()
    {
        TextAutomaton texts = Automaton(out int most);
        return most == int.MaxValue ? texts : Try(() => texts.Intersect(TextAutomaton.OfLength(0, most)), Rules.IsEmpty ? null : Rules[^1]);
    }

    /// <summary>The texts that satisfy the demand, but for an upper bound on their length where the automaton need not count it: it has only characters of one byte.</summary>
    /// <param name="most">The bound that is left, or <see cref="int.MaxValue"/>.</param>
    /// <exception cref="UnsupportedSchemaException">The automaton would be too large.</exception>
    public TextAutomaton Automaton(out int most)
    {
        TextAutomaton all = TextAutomaton.Any;
        foreach (TextRule rule in Rules.DistinctBy(r => (r.Key, r.IsNegated)).OrderBy(r => r.IsNegated))
        {
            TextAutomaton before = all;
            all = Try(() => rule.IsNegated ? before.Except(rule.Automaton) : before.Intersect(rule.Automaton), rule);
        }

        int bound = MostOfAll;
        most = bound < int.MaxValue && all.IsPlainAscii ? bound : int.MaxValue;
        if (Least == 0 && (bound == int.MaxValue || most < int.MaxValue))
        {
            return all;
        }

        TextAutomaton ruled = all;
        int counted = most < int.MaxValue ? int.MaxValue : bound;
        return Try(() => ruled.Intersect(TextAutomaton.OfLength(Least, counted)), Rules.IsEmpty ? null : Rules[^1]);
    }

    private static TextAutomaton Try(Func<TextAutomaton> build, TextRule? rule)
    {
        try
        {
            return build();
        }
        catch (AutomatonTooLargeException e)
        {
            (string keyword, string pointer) = (rule?.Keyword ?? "maxLength", rule?.Pointer ?? "#");
            throw new UnsupportedSchemaException(keyword, pointer, $"'{keyword}' with what stands beside it is too large to follow. {e.Message} Shorter bounds on the length, or a simpler pattern, are accepted. At {pointer}.");
        }
    }
}
