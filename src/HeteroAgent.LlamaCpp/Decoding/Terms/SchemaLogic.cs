using System.Collections.Immutable;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// Turns schemas into lists of conjunctions, one of which must hold: whatever combines schemas (<c>allOf</c>, <c>anyOf</c>,
/// <c>oneOf</c>, <c>not</c>, <c>if</c>, dependencies) is merged by type, and negations are pushed down to what they negate. After
/// Attouche et al., "Witness generation for JSON Schema", PVLDB 15 (2022). Not thread-safe.
/// </summary>
internal sealed partial class SchemaLogic(SchemaDocument document)
{
    // More alternatives than this do not come from a schema that a model could follow; each would be read side by side.
    private const int MaxAlternatives = 512;
    private const int MaxDepth = 64;
    private const int MaxOpen = 256;

    private static readonly IReadOnlyList<Conjunction> Everything = [Conjunction.All];

    private readonly Dictionary<string, IReadOnlyList<Conjunction>> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<int, IReadOnlyList<Conjunction>> _literals = [];
    private readonly HashSet<int> _open = [];
    private readonly HashSet<string> _deciding = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _empty = new(StringComparer.Ordinal);
    private readonly Dictionary<int, SchemaKeywords> _keywords = [];

    /// <summary>The document.</summary>
    public SchemaDocument Document { get; } = document;

    /// <summary>The alternatives of a term; none where nothing satisfies it.</summary>
    /// <exception cref="JsonSchemaException">A schema is malformed or not supported.</exception>
    public IReadOnlyList<Conjunction> Expand(SchemaTerm term)
    {
        if (term.IsFalse)
        {
            return [];
        }

        if (_terms.TryGetValue(term.Key, out IReadOnlyList<Conjunction>? known))
        {
            return known;
        }

        IReadOnlyList<Conjunction> all = Everything;
        foreach (int literal in term.Literals)
        {
            all = Product(all, Literal(literal), Document[literal / 2].Pointer);
        }

        return _terms[term.Key] = all;
    }

    /// <summary>Whether nothing satisfies a term, as far as can be told without an end.</summary>
    public bool IsEmpty(SchemaTerm term)
    {
        if (term.IsTrue || term.IsFalse)
        {
            return term.IsFalse;
        }

        if (_empty.TryGetValue(term.Key, out bool known))
        {
            return known;
        }

        if (_deciding.Count >= MaxDepth || Array.Exists([.. term.Literals], l => _open.Contains(l)) || !_deciding.Add(term.Key))
        {
            return false;
        }

        try
        {
            return _empty[term.Key] = Expand(term).Count == 0;
        }
        catch (OpenTermException)
        {
            // It depends on a schema that is being read: what it demands is found out at run time.
            return false;
        }
        finally
        {
            _deciding.Remove(term.Key);
        }
    }

    private IReadOnlyList<Conjunction> Literal(int literal)
    {
        if (_literals.TryGetValue(literal, out IReadOnlyList<Conjunction>? known))
        {
            return known;
        }

        SchemaSite site = Document[literal / 2];
        if (!_open.Add(literal))
        {
            throw new OpenTermException(site.Pointer);
        }

        try
        {
            return _literals[literal] = _open.Count > MaxOpen
                ? throw new InvalidSchemaException(site.Pointer, $"The schema nests deeper than {MaxOpen} levels.")
                : (literal & 1) == 0 ? Positive(site) : Negative(site);
        }
        finally
        {
            _open.Remove(literal);
        }
    }

    private IReadOnlyList<Conjunction> Of(SchemaTerm term) => Expand(term);

    private SchemaKeywords Keywords(SchemaSite site)
    {
        if (!_keywords.TryGetValue(site.Id, out SchemaKeywords? keywords))
        {
            keywords = new SchemaKeywords(site.Schema, site.Pointer);
            _keywords.Add(site.Id, keywords);
        }

        return keywords;
    }

    private SchemaTerm Term(SchemaSite parent, string keyword, JsonElement schema, bool negated = false) =>
        SchemaTerm.Of(Document.Site(SchemaPointer.Append(parent.Pointer, keyword), schema), negated);

    private IEnumerable<SchemaTerm> Terms(SchemaSite parent, string keyword, JsonElement schemas, bool negated = false)
    {
        string pointer = SchemaPointer.Append(parent.Pointer, keyword);
        int index = 0;
        foreach (JsonElement schema in schemas.EnumerateArray())
        {
            yield return SchemaTerm.Of(Document.Site(SchemaPointer.Append(pointer, index++), schema), negated);
        }
    }

    private IEnumerable<(string Name, SchemaTerm Term)> Named(SchemaSite parent, string keyword, JsonElement schemas, bool negated = false)
    {
        string pointer = SchemaPointer.Append(parent.Pointer, keyword);
        foreach (JsonProperty property in schemas.EnumerateObject())
        {
            yield return (property.Name, SchemaTerm.Of(Document.Site(SchemaPointer.Append(pointer, property.Name), property.Value), negated));
        }
    }

    // Every alternative of one with every alternative of the other, without those that nothing satisfies.
    private IReadOnlyList<Conjunction> Product(IReadOnlyList<Conjunction> mine, IReadOnlyList<Conjunction> others, string pointer)
    {
        if (ReferenceEquals(mine, Everything))
        {
            return others;
        }

        if (ReferenceEquals(others, Everything))
        {
            return mine;
        }

        var product = new List<Conjunction>();
        foreach (Conjunction one in mine)
        {
            foreach (Conjunction other in others)
            {
                if (one.And(other) is { } both && Prune(both) is { } kept)
                {
                    product.Add(kept);
                }
            }

            RequireFew(product, pointer);
        }

        return Distinct(product);
    }

    private static List<Conjunction> Distinct(List<Conjunction> alternatives) =>
        alternatives.Count < 2 ? alternatives : [.. alternatives.DistinctBy(a => a.Key)];

    private static void RequireFew(List<Conjunction> alternatives, string pointer)
    {
        if (alternatives.Count > MaxAlternatives)
        {
            throw new UnsupportedSchemaException("anyOf", pointer, $"The schema at {pointer} combines so many alternatives that more than {MaxAlternatives} would be followed side by side, which is not supported.");
        }
    }

    // Takes away the types of which no value satisfies the demands; null where none is left.
    private Conjunction? Prune(Conjunction alternative)
    {
        SchemaTypes types = alternative.Types;
        if ((types & SchemaTypes.Number) != 0 && !alternative.Numbers.IsFree)
        {
            if (alternative.Numbers.Simplify() is { } simple)
            {
                alternative = alternative with { Numbers = simple };
            }
            else
            {
                types &= ~SchemaTypes.Number;
            }
        }

        if (types.HasFlag(SchemaTypes.String) && alternative.Text.Least > alternative.Text.Most)
        {
            types &= ~SchemaTypes.String;
        }

        if (types.HasFlag(SchemaTypes.Array) && IsEmpty(alternative.Array))
        {
            types &= ~SchemaTypes.Array;
        }

        if (types.HasFlag(SchemaTypes.Object) && IsEmpty(alternative.Object))
        {
            types &= ~SchemaTypes.Object;
        }

        alternative = alternative with { Types = types };
        if (alternative.Values is { } values)
        {
            ImmutableList<JsonElement> kept = values.RemoveAll(v => !Matches(alternative, v));
            return kept.IsEmpty ? null : alternative with { Values = kept };
        }

        return types == SchemaTypes.None ? null : alternative;
    }

    private bool IsEmpty(ArrayDemand demand)
    {
        if (demand.Least > demand.Most)
        {
            return true;
        }

        for (int i = 0; i < Math.Min(demand.Least, demand.Prefix.Count + 1); i++)
        {
            if (IsEmpty(demand.At(i)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsEmpty(ObjectDemand demand) =>
        demand.Least > demand.Most || demand.Required.Count > demand.Most
        || demand.Required.Exists(name => IsEmpty(demand.TermOf(name)) || !IsName(demand.Names, name));

    /// <summary>Whether a name satisfies the term of all names.</summary>
    public bool IsName(SchemaTerm names, string name) => names.IsTrue || Matches(names, JsonSerializer.SerializeToElement(name, JsonTextContext.Default.String));
}
