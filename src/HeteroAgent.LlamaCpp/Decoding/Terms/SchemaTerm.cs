using System.Collections.Immutable;
using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>Schemas that must all hold, some of them negated. Two terms of the same schemas are equal, which is how recursion is tied. Immutable.</summary>
internal sealed class SchemaTerm : IEquatable<SchemaTerm>
{
    private SchemaTerm(ImmutableArray<int> literals)
    {
        Literals = literals;
        Key = string.Join(',', literals.Select(l => l.ToString(CultureInfo.InvariantCulture)));
        for (int i = 1; i < literals.Length; i++)
        {
            IsFalse |= (literals[i] ^ 1) == literals[i - 1];
        }
    }

    /// <summary>What every value satisfies.</summary>
    public static SchemaTerm True { get; } = new([]);

    /// <summary>What no value satisfies.</summary>
    public static SchemaTerm False { get; } = new([-2, -1]);

    /// <summary>The schemas, twice their number each, and one more where it is negated.</summary>
    public ImmutableArray<int> Literals { get; }

    /// <summary>Equal terms have equal keys.</summary>
    public string Key { get; }

    /// <summary>Whether every value satisfies it, as far as can be seen.</summary>
    public bool IsTrue => Literals.IsEmpty;

    /// <summary>Whether it contradicts itself, as far as can be seen.</summary>
    public bool IsFalse { get; }

    /// <summary>One schema.</summary>
    public static SchemaTerm Of(SchemaSite site, bool negated) =>
        site.Constant is { } constant ? (constant != negated ? True : False) : new([(site.Id * 2) + (negated ? 1 : 0)]);

    /// <summary>Both.</summary>
    public SchemaTerm And(SchemaTerm other) =>
        IsTrue || other.IsFalse ? other : other.IsTrue || IsFalse ? this : new SchemaTerm([.. Literals.Concat(other.Literals).Distinct().Order()]);

    public bool Equals(SchemaTerm? other) => other is not null && Key == other.Key;

    public override bool Equals(object? obj) => Equals(obj as SchemaTerm);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
