using System.Collections.Immutable;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a schema demands of arrays. Immutable.</summary>
internal sealed record ArrayDemand
{
    /// <summary>No demand.</summary>
    public static ArrayDemand None { get; } = new();

    /// <summary>The first items, each its own term.</summary>
    public ImmutableList<SchemaTerm> Prefix { get; init; } = [];

    /// <summary>The other items.</summary>
    public SchemaTerm Rest { get; init; } = SchemaTerm.True;

    /// <summary>The fewest items.</summary>
    public int Least { get; init; }

    /// <summary>The most items; <see cref="int.MaxValue"/> is no bound.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>What some items must satisfy.</summary>
    public ImmutableList<ContainsDemand> Contains { get; init; } = [];

    /// <summary>Where the schema demands that no two items are equal, or null.</summary>
    public string? UniquePointer { get; init; }

    /// <summary>Where the schema demands that two items are equal, or null.</summary>
    public string? NotUniquePointer { get; init; }

    /// <summary>Whether nothing is demanded.</summary>
    public bool IsFree => Key == "[]0-2147483647";

    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"[{string.Join('|', Prefix.Select(p => p.Key))}]{Rest.Key}{Least}-{Most}{string.Concat(Contains.Select(c => c.Key).Order(StringComparer.Ordinal))}{(UniquePointer is null ? "" : "u")}{(NotUniquePointer is null ? "" : "n")}";

    /// <summary>The term of an item.</summary>
    public SchemaTerm At(int index) => index < Prefix.Count ? Prefix[index] : Rest;

    /// <summary>Both demands.</summary>
    public ArrayDemand And(ArrayDemand other) => new()
    {
        Prefix = [.. Enumerable.Range(0, Math.Max(Prefix.Count, other.Prefix.Count)).Select(i => At(i).And(other.At(i)))],
        Rest = Rest.And(other.Rest),
        Least = Math.Max(Least, other.Least),
        Most = Math.Min(Most, other.Most),
        Contains = Contains.AddRange(other.Contains),
        UniquePointer = UniquePointer ?? other.UniquePointer,
        NotUniquePointer = NotUniquePointer ?? other.NotUniquePointer,
    };
}
