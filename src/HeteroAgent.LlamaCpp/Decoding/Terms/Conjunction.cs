using System.Collections.Immutable;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Demands on a value that must all hold, sorted by the type of the value that each concerns. A schema is a list of these, one of which must hold. Immutable.</summary>
internal sealed record Conjunction
{
    /// <summary>No demand.</summary>
    public static Conjunction All { get; } = new();

    /// <summary>The types.</summary>
    public SchemaTypes Types { get; init; } = SchemaTypes.All;

    /// <summary>The only boolean that is allowed, or null.</summary>
    public bool? Boolean { get; init; }

    /// <summary>The demands on numbers.</summary>
    public NumberBounds Numbers { get; init; } = NumberBounds.None;

    /// <summary>The demands on strings.</summary>
    public TextDemand Text { get; init; } = TextDemand.None;

    /// <summary>The demands on arrays.</summary>
    public ArrayDemand Array { get; init; } = ArrayDemand.None;

    /// <summary>The demands on objects.</summary>
    public ObjectDemand Object { get; init; } = ObjectDemand.None;

    /// <summary>The only values that are allowed, or null.</summary>
    public ImmutableList<JsonElement>? Values { get; init; }

    /// <summary>What has been looked at.</summary>
    public EvaluatedParts Evaluated { get; init; } = EvaluatedParts.None;

    /// <summary>Equal demands have equal keys.</summary>
    public string Key => $"{(int)Types}{Boolean}\n{Numbers.Key}\n{Text.Key}\n{Array.Key}\n{Object.Key}\n{(Values is null ? "" : string.Join(',', Values.Select(v => v.GetRawText())))}\n{Evaluated.Key}";

    /// <summary>Both, or null where the types alone rule it out.</summary>
    public Conjunction? And(Conjunction other)
    {
        SchemaTypes types = Types & other.Types;
        if (Boolean is { } mine && other.Boolean is { } theirs && mine != theirs)
        {
            types &= ~SchemaTypes.Boolean;
        }

        return types == SchemaTypes.None ? null : new Conjunction
        {
            Types = types,
            Boolean = Boolean ?? other.Boolean,
            Numbers = Numbers.And(other.Numbers),
            Text = Text.And(other.Text),
            Array = Array.And(other.Array),
            Object = Object.And(other.Object),
            Values = Values is null ? other.Values : other.Values is null ? Values : [.. Values.Where(v => other.Values.Exists(o => JsonElement.DeepEquals(v, o)))],
            Evaluated = Evaluated.And(other.Evaluated),
        };
    }
}
