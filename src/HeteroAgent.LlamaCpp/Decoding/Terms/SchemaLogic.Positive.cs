using System.Collections.Immutable;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <content>What a schema demands.</content>
internal sealed partial class SchemaLogic
{
    private const int MaxSubsets = 5;

    private IReadOnlyList<Conjunction> Positive(SchemaSite site)
    {
        SchemaKeywords keywords = Keywords(site);
        if (Document.RefHidesSiblings && keywords.TryGet("$ref", out JsonElement only))
        {
            return Of(SchemaTerm.Of(Document.Resolve(site, "$ref", only), negated: false));
        }

        Conjunction? own = Prune(Own(site, keywords));
        IReadOnlyList<Conjunction> all = own is null ? [] : [own];
        foreach (IReadOnlyList<Conjunction> part in Applied(site, keywords))
        {
            all = Product(all, part, site.Pointer);
        }

        return Unevaluated(site, keywords, all);
    }

    private Conjunction Own(SchemaSite site, SchemaKeywords keywords)
    {
        ObjectDemand properties = ObjectOf(site, keywords, out EvaluatedParts evaluated);
        _ = keywords.SpanPointer(); // Whatever the type, so that one that is misplaced is refused.
        return new Conjunction
        {
            Types = keywords.Types,
            Numbers = Numbers(keywords),
            Text = Text(keywords),
            Array = ArrayOf(site, keywords, ref evaluated),
            Object = properties,
            Values = Values(keywords),
            Evaluated = Document.HasUnevaluated ? evaluated : EvaluatedParts.None,
        };
    }

    private IEnumerable<IReadOnlyList<Conjunction>> Applied(SchemaSite site, SchemaKeywords keywords)
    {
        foreach (string keyword in (string[])["$ref", "$dynamicRef"])
        {
            if (keywords.TryGet(keyword, out JsonElement reference))
            {
                yield return Of(SchemaTerm.Of(Document.Resolve(site, keyword, reference), negated: false));
            }
        }

        if (keywords.TryGet("allOf", out _))
        {
            foreach (SchemaTerm term in Terms(site, "allOf", keywords.Array("allOf", mayBeEmpty: false)))
            {
                yield return Of(term);
            }
        }

        if (keywords.TryGet("anyOf", out _))
        {
            yield return AnyOf(site, [.. Terms(site, "anyOf", keywords.Array("anyOf", mayBeEmpty: false))]);
        }

        if (keywords.TryGet("oneOf", out _))
        {
            yield return OneOf(site, keywords.Array("oneOf", mayBeEmpty: false));
        }

        if (keywords.TryGet("not", out JsonElement not))
        {
            yield return WithoutEvaluated(Of(Term(site, "not", not, negated: true)));
        }

        if (keywords.TryGet("if", out JsonElement condition))
        {
            yield return Conditional(site, keywords, condition);
        }

        foreach ((string name, SchemaTerm? term, string[]? required) in Dependencies(site, keywords))
        {
            var alternatives = new List<Conjunction> { OfObject(new ObjectDemand { Clauses = [PropertyClause.Of(name, SchemaTerm.False)] }, SchemaTypes.All) };
            var present = new ObjectDemand { Required = [name, .. (required ?? []).Where(r => r != name).Distinct()] };
            alternatives.AddRange(Product([OfObject(present)], Of(term ?? SchemaTerm.True), site.Pointer));
            yield return alternatives;
        }
    }

    private List<Conjunction> AnyOf(SchemaSite site, SchemaTerm[] terms)
    {
        if (!Document.HasUnevaluated)
        {
            List<Conjunction> all = [.. terms.SelectMany(Of)];
            RequireFew(all, site.Pointer);
            return Distinct(all);
        }

        // What is evaluated depends on every branch that holds, so that each set of them is an alternative of its own.
        if (terms.Length > MaxSubsets)
        {
            throw new UnsupportedSchemaException("anyOf", SchemaPointer.Append(site.Pointer, "anyOf"), $"'anyOf' with more than {MaxSubsets} branches in a schema with 'unevaluatedProperties' or 'unevaluatedItems' is not supported. At {SchemaPointer.Append(site.Pointer, "anyOf")}.");
        }

        var subsets = new List<Conjunction>();
        for (int set = (1 << terms.Length) - 1; set > 0; set--)
        {
            IReadOnlyList<Conjunction> holding = Everything;
            for (int i = 0; i < terms.Length; i++)
            {
                holding = (set >> i & 1) == 0 ? holding : Product(holding, Of(terms[i]), site.Pointer);
            }

            subsets.AddRange(holding);
            RequireFew(subsets, site.Pointer);
        }

        return Distinct(subsets);
    }

    private List<Conjunction> OneOf(SchemaSite site, JsonElement branches)
    {
        SchemaTerm[] terms = [.. Terms(site, "oneOf", branches)];
        SchemaTerm[] negated = [.. Terms(site, "oneOf", branches, negated: true)];
        var all = new List<Conjunction>();
        for (int i = 0; i < terms.Length; i++)
        {
            // Branches that exclude each other anyway need no negation, which is where the alternatives would multiply.
            IReadOnlyList<Conjunction> one = Of(terms[i]);
            for (int j = 0; j < terms.Length && one.Count > 0; j++)
            {
                if (j != i && Product(one, Of(terms[j]), site.Pointer).Count > 0)
                {
                    one = Product(one, WithoutEvaluated(Of(negated[j])), site.Pointer);
                }
            }

            all.AddRange(one);
            RequireFew(all, site.Pointer);
        }

        return Distinct(all);
    }

    private IReadOnlyList<Conjunction> Conditional(SchemaSite site, SchemaKeywords keywords, JsonElement condition)
    {
        SchemaTerm then = keywords.TryGet("then", out JsonElement yes) ? Term(site, "then", yes) : SchemaTerm.True;
        SchemaTerm otherwise = keywords.TryGet("else", out JsonElement no) ? Term(site, "else", no) : SchemaTerm.True;
        if (then.IsTrue && otherwise.IsTrue && !Document.HasUnevaluated)
        {
            return Everything;
        }

        IReadOnlyList<Conjunction> holds = Product(Of(Term(site, "if", condition)), Of(then), site.Pointer);
        IReadOnlyList<Conjunction> fails = Product(WithoutEvaluated(Of(Term(site, "if", condition, negated: true))), Of(otherwise), site.Pointer);
        return Distinct([.. holds, .. fails]);
    }

    private IEnumerable<(string Name, SchemaTerm? Term, string[]? Required)> Dependencies(SchemaSite site, SchemaKeywords keywords)
    {
        foreach (string keyword in (string[])["dependentRequired", "dependentSchemas", "dependencies"])
        {
            if (!keywords.TryGet(keyword, out JsonElement value) || (keyword == "dependencies" && Document.Dialect == SchemaDialect.Draft2020))
            {
                continue;
            }

            foreach (JsonProperty property in keywords.Object(keyword).EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Array && keyword != "dependentSchemas")
                {
                    yield return (property.Name, null, keywords.Names(keyword, property.Value));
                }
                else
                {
                    string pointer = SchemaPointer.Append(SchemaPointer.Append(site.Pointer, keyword), property.Name);
                    yield return (property.Name, SchemaTerm.Of(Document.Site(pointer, property.Value), negated: false), null);
                }
            }
        }
    }

    private static NumberBounds Numbers(SchemaKeywords keywords)
    {
        NumberBounds bounds = (keywords.Types & SchemaTypes.Number) == 0 ? NumberBounds.None : new NumberBounds { SpanPointer = keywords.SpanPointer() };
        foreach ((NumberComparisonKind kind, ExactNumber value) in keywords.NumericBounds())
        {
            bounds = bounds with { Comparisons = bounds.Comparisons.Add(new NumberComparison(kind, value)) };
        }

        return keywords.Divisor() is { } divisor ? bounds with { Divisors = [(divisor, false)] } : bounds;
    }

    private static TextDemand Text(SchemaKeywords keywords)
    {
        (int least, int most) = (keywords.Bound("minLength", 0), keywords.Bound("maxLength", int.MaxValue));
        return new TextDemand { Least = least, Most = most, Rules = [.. keywords.TextRules()], SpanPointer = keywords.Types.HasFlag(SchemaTypes.String) ? keywords.SpanPointer() : null };
    }

    private static ImmutableList<JsonElement>? Values(SchemaKeywords keywords)
    {
        ImmutableList<JsonElement>? values = keywords.TryGet("enum", out _) ? [.. keywords.Array("enum", mayBeEmpty: false).EnumerateArray()] : null;
        if (keywords.TryGet("const", out JsonElement constant))
        {
            values = values is null ? [constant] : values.RemoveAll(v => !JsonElement.DeepEquals(v, constant));
        }

        if (values is not null && keywords.SpanPointer() is not null)
        {
            throw keywords.Unsupported("x-span", "The keyword 'x-span' beside 'enum' or 'const' is not supported. Supported is a span or a closed set.");
        }

        return values;
    }

    private ArrayDemand ArrayOf(SchemaSite site, SchemaKeywords keywords, ref EvaluatedParts evaluated)
    {
        ImmutableList<SchemaTerm> prefix = keywords.TryGet("prefixItems", out _) ? [.. Terms(site, "prefixItems", keywords.Array("prefixItems", mayBeEmpty: true))] : [];
        SchemaTerm rest = SchemaTerm.True;
        bool all = false;
        if (keywords.TryGet("items", out JsonElement items))
        {
            if (items.ValueKind == JsonValueKind.Array)
            {
                prefix = [.. Terms(site, "items", items)];
            }
            else
            {
                rest = Term(site, "items", items);
                all = true;
            }
        }

        if (items.ValueKind == JsonValueKind.Array && keywords.TryGet("additionalItems", out JsonElement additional))
        {
            rest = Term(site, "additionalItems", additional);
            all = true;
        }

        ImmutableList<ContainsDemand> contains = [];
        if (keywords.TryGet("contains", out JsonElement contained))
        {
            contains = [new ContainsDemand(Term(site, "contains", contained), 0, keywords.Bound("minContains", 1), keywords.Bound("maxContains", int.MaxValue))];
        }

        evaluated = evaluated with { Items = all ? int.MaxValue : prefix.Count, SomeItems = !contains.IsEmpty };
        return new ArrayDemand
        {
            Prefix = prefix,
            Rest = rest,
            Least = keywords.Bound("minItems", 0),
            Most = keywords.Bound("maxItems", int.MaxValue),
            Contains = contains,
            UniquePointer = keywords.Flag("uniqueItems") ? SchemaPointer.Append(site.Pointer, "uniqueItems") : null,
        };
    }

    private ObjectDemand ObjectOf(SchemaSite site, SchemaKeywords keywords, out EvaluatedParts evaluated)
    {
        PropertyClause? clause = Clause(site, keywords);
        evaluated = clause is null ? EvaluatedParts.None : new EvaluatedParts { Clauses = [clause], AllProperties = keywords.TryGet("additionalProperties", out _) };
        return new ObjectDemand
        {
            Clauses = clause is null ? [] : [clause],
            Names = keywords.TryGet("propertyNames", out JsonElement names) ? Term(site, "propertyNames", names) : SchemaTerm.True,
            Required = keywords.TryGet("required", out JsonElement required) && required.ValueKind is not (JsonValueKind.True or JsonValueKind.False) ? [.. keywords.Names("required", required).Distinct(StringComparer.Ordinal)] : [],
            Least = keywords.Bound("minProperties", 0),
            Most = keywords.Bound("maxProperties", int.MaxValue),
        };
    }

    private PropertyClause? Clause(SchemaSite site, SchemaKeywords keywords)
    {
        bool listed = keywords.TryGet("properties", out _);
        bool matched = keywords.TryGet("patternProperties", out _);
        bool others = keywords.TryGet("additionalProperties", out JsonElement additional);
        if (!listed && !matched && !others)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        ImmutableList<KeyValuePair<string, SchemaTerm>> properties = !listed ? [] : [.. Named(site, "properties", keywords.Object("properties")).Select(p =>
            names.Add(p.Name) ? new KeyValuePair<string, SchemaTerm>(p.Name, p.Term)
            : throw new InvalidSchemaException(SchemaPointer.Append(SchemaPointer.Append(site.Pointer, "properties"), p.Name), $"The property '{p.Name}' is declared twice; once is accepted. At {SchemaPointer.Append(SchemaPointer.Append(site.Pointer, "properties"), p.Name)}."))];
        ImmutableList<(string, TextAutomaton, SchemaTerm)> patterns = !matched ? [] : [.. Named(site, "patternProperties", keywords.Object("patternProperties")).Select(p => (p.Name, keywords.Pattern("patternProperties", p.Name), p.Term))];
        SchemaTerm rest = others ? Term(site, "additionalProperties", additional) : SchemaTerm.True;
        return new PropertyClause(properties, patterns, rest, IsOpen: others && !rest.IsFalse, listed);
    }

    private IReadOnlyList<Conjunction> Unevaluated(SchemaSite site, SchemaKeywords keywords, IReadOnlyList<Conjunction> all)
    {
        bool properties = keywords.TryGet("unevaluatedProperties", out JsonElement otherProperties);
        bool items = keywords.TryGet("unevaluatedItems", out JsonElement otherItems);
        if (!properties && !items)
        {
            return all;
        }

        var demanded = new List<Conjunction>();
        foreach (Conjunction alternative in all)
        {
            Conjunction next = alternative;
            EvaluatedParts seen = alternative.Evaluated;
            if (properties && !seen.AllProperties)
            {
                SchemaTerm term = Term(site, "unevaluatedProperties", otherProperties);
                PropertyClause clause = new(
                    [.. seen.Clauses.SelectMany(c => c.Properties).DistinctBy(p => p.Key).Select(p => KeyValuePair.Create(p.Key, SchemaTerm.True))],
                    [.. seen.Clauses.SelectMany(c => c.Patterns).DistinctBy(p => p.Pattern).Select(p => (p.Pattern, p.Names, SchemaTerm.True))],
                    term,
                    IsOpen: !term.IsFalse);
                next = next with { Object = next.Object.And(new ObjectDemand { Clauses = [clause] }), Evaluated = next.Evaluated with { AllProperties = true } };
            }

            if (items && seen.Items < int.MaxValue)
            {
                SchemaTerm term = Term(site, "unevaluatedItems", otherItems);
                if (seen.SomeItems && !term.IsTrue)
                {
                    throw keywords.Unsupported("unevaluatedItems", "'unevaluatedItems' beside 'contains' is not supported.");
                }

                next = next with
                {
                    Array = next.Array.And(new ArrayDemand { Prefix = [.. Enumerable.Repeat(SchemaTerm.True, seen.Items)], Rest = term }),
                    Evaluated = next.Evaluated with { Items = int.MaxValue },
                };
            }

            if (Prune(next) is { } kept)
            {
                demanded.Add(kept);
            }
        }

        return Distinct(demanded);
    }

    // Only what holds as it stands counts as looked at, not what a negation lets through.
    private IReadOnlyList<Conjunction> WithoutEvaluated(IReadOnlyList<Conjunction> alternatives) =>
        Document.HasUnevaluated ? [.. alternatives.Select(a => a with { Evaluated = EvaluatedParts.None })] : alternatives;

    private static Conjunction OfObject(ObjectDemand demand, SchemaTypes types = SchemaTypes.Object) => new() { Types = types, Object = demand };

    private static Conjunction OfArray(ArrayDemand demand) => new() { Types = SchemaTypes.Array, Array = demand };
}
