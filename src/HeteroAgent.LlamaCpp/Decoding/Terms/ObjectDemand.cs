using System.Collections.Immutable;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a schema demands of objects. Immutable.</summary>
internal sealed record ObjectDemand
{
    /// <summary>No demand.</summary>
    public static ObjectDemand None { get; } = new();

    /// <summary>What is said about properties by name; all of it holds.</summary>
    public ImmutableList<PropertyClause> Clauses { get; init; } = [];

    /// <summary>What every name must satisfy.</summary>
    public SchemaTerm Names { get; init; } = SchemaTerm.True;

    /// <summary>The properties that must be there, in order and each once.</summary>
    public ImmutableList<string> Required { get; init; } = [];

    /// <summary>The fewest properties.</summary>
    public int Least { get; init; }

    /// <summary>The most properties; <see cref="int.MaxValue"/> is no bound.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>What some property must satisfy.</summary>
    public ImmutableList<SomeProperty> Some { get; init; } = [];

    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"{string.Join('&', Clauses.Select(c => c.Key).Distinct())}#{Names.Key}#{string.Join(';', Required.Select(r => $"{r.Length}{r}"))}#{Least}-{Most}#{string.Join(';', Some.Select(s => s.Key))}";

    /// <summary>Whether nothing is demanded.</summary>
    public bool IsFree => Clauses.IsEmpty && Names.IsTrue && Required.IsEmpty && Least == 0 && Most == int.MaxValue && Some.IsEmpty;

    /// <summary>Both demands.</summary>
    public ObjectDemand And(ObjectDemand other) => new()
    {
        Clauses = [.. Clauses.Concat(other.Clauses).DistinctBy(c => c.Key)],
        Names = Names.And(other.Names),
        Required = [.. Required.Concat(other.Required).Distinct(StringComparer.Ordinal)],
        Least = Math.Max(Least, other.Least),
        Most = Math.Min(Most, other.Most),
        Some = [.. Some.Concat(other.Some).DistinctBy(s => s.Key)],
    };

    /// <summary>What is demanded of a property by its name, apart from <see cref="Names"/>.</summary>
    public SchemaTerm TermOf(string name) => Clauses.Aggregate(SchemaTerm.True, (term, clause) => term.And(clause.TermOf(name)));

    /// <summary>The names that are listed, in their order, and then those that are required besides.</summary>
    public IEnumerable<string> Listed() => Clauses.SelectMany(c => c.Properties.Select(p => p.Key)).Concat(Required).Distinct(StringComparer.Ordinal);
}
