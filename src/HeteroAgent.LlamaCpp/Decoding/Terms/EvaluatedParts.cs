using System.Collections.Immutable;

namespace HeteroAgent.LlamaCpp;

/// <summary>The properties and items that a schema has looked at, which is what <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> leave out. Immutable.</summary>
internal sealed record EvaluatedParts
{
    /// <summary>None.</summary>
    public static EvaluatedParts None { get; } = new();

    /// <summary>The properties by name or pattern.</summary>
    public ImmutableList<PropertyClause> Clauses { get; init; } = [];

    /// <summary>Whether all properties.</summary>
    public bool AllProperties { get; init; }

    /// <summary>How many items from the start.</summary>
    public int Items { get; init; }

    /// <summary>Whether some items that cannot be told apart beforehand: those that satisfy a <c>contains</c>.</summary>
    public bool SomeItems { get; init; }

    /// <summary>Equal parts have equal keys.</summary>
    public string Key => $"{string.Join('&', Clauses.Select(c => c.Key).Distinct().Order(StringComparer.Ordinal))}{AllProperties}{Items}{SomeItems}";

    /// <summary>What either has looked at.</summary>
    public EvaluatedParts And(EvaluatedParts other) => ReferenceEquals(other, None) ? this : ReferenceEquals(this, None) ? other : new()
    {
        Clauses = Clauses.AddRange(other.Clauses),
        AllProperties = AllProperties || other.AllProperties,
        Items = Math.Max(Items, other.Items),
        SomeItems = SomeItems || other.SomeItems,
    };
}
