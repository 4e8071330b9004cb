using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <content>What breaks a schema: one keyword at least.</content>
internal sealed partial class SchemaLogic
{
    private List<Conjunction> Negative(SchemaSite site)
    {
        SchemaKeywords keywords = Keywords(site);
        var all = new List<Conjunction>();
        foreach (Conjunction alternative in Broken(site, keywords))
        {
            // Nothing that a negated schema looks at counts as evaluated.
            if (Prune(alternative with { Evaluated = EvaluatedParts.None }) is { } kept)
            {
                all.Add(kept);
            }
        }

        RequireFew(all, site.Pointer);
        return Distinct(all);
    }

    private IEnumerable<Conjunction> Broken(SchemaSite site, SchemaKeywords keywords)
    {
        foreach (string keyword in (string[])["$ref", "$dynamicRef"])
        {
            if (keywords.TryGet(keyword, out JsonElement reference))
            {
                foreach (Conjunction alternative in Of(SchemaTerm.Of(Document.Resolve(site, keyword, reference), negated: true)))
                {
                    yield return alternative;
                }

                if (Document.RefHidesSiblings)
                {
                    yield break;
                }
            }
        }

        foreach (Conjunction alternative in BrokenValue(site, keywords)
            .Concat(BrokenArray(site, keywords))
            .Concat(BrokenObject(site, keywords))
            .Concat(BrokenLogic(site, keywords)))
        {
            yield return alternative;
        }

        foreach (string keyword in (string[])["unevaluatedProperties", "unevaluatedItems"])
        {
            if (keywords.TryGet(keyword, out _))
            {
                throw keywords.Unsupported(keyword, $"'{keyword}' inside of what is negated is not supported.");
            }
        }
    }

    private IEnumerable<Conjunction> BrokenValue(SchemaSite site, SchemaKeywords keywords)
    {
        if (keywords.Types != SchemaTypes.All)
        {
            yield return new Conjunction { Types = SchemaTypes.All & ~keywords.Types };
        }

        if (Values(keywords) is { } values)
        {
            IReadOnlyList<Conjunction> none = Everything;
            foreach (JsonElement value in values)
            {
                none = Product(none, Other(site, value), site.Pointer);
            }

            foreach (Conjunction alternative in none)
            {
                yield return alternative;
            }
        }

        foreach (NumberComparison comparison in Numbers(keywords).Comparisons)
        {
            NumberComparisonKind kind = comparison.Kind switch
            {
                NumberComparisonKind.Above => NumberComparisonKind.AtMost,
                NumberComparisonKind.AtLeast => NumberComparisonKind.Below,
                NumberComparisonKind.Below => NumberComparisonKind.AtLeast,
                _ => NumberComparisonKind.Above,
            };
            yield return new Conjunction { Types = SchemaTypes.Number, Numbers = new NumberBounds { Comparisons = [comparison with { Kind = kind }] } };
        }

        if (keywords.Divisor() is { } divisor)
        {
            yield return new Conjunction { Types = SchemaTypes.Number, Numbers = new NumberBounds { Divisors = [(divisor, true)] } };
        }

        TextDemand text = Text(keywords);
        if (keywords.SpanPointer() is not null)
        {
            throw keywords.Unsupported("x-span", "'x-span' inside of what is negated is not supported.");
        }

        if (text.Least > 0)
        {
            yield return new Conjunction { Types = SchemaTypes.String, Text = new TextDemand { Most = text.Least - 1 } };
        }

        if (text.Most < int.MaxValue)
        {
            yield return new Conjunction { Types = SchemaTypes.String, Text = new TextDemand { Least = text.Most + 1 } };
        }

        foreach (TextRule rule in text.Rules)
        {
            yield return new Conjunction { Types = SchemaTypes.String, Text = new TextDemand { Rules = [rule with { IsNegated = !rule.IsNegated }] } };
        }
    }

    // Every value but one.
    private IReadOnlyList<Conjunction> Other(SchemaSite site, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return [new Conjunction { Types = SchemaTypes.All & ~SchemaTypes.Null }];
            case JsonValueKind.True or JsonValueKind.False:
                return [new Conjunction { Boolean = !value.GetBoolean() }];
            case JsonValueKind.Number:
                return [new Conjunction { Numbers = new NumberBounds { Comparisons = [new NumberComparison(NumberComparisonKind.Not, ExactNumber.Parse(value.GetRawText()))] } }];
            case JsonValueKind.String:
                string text = value.GetString()!;
                return [new Conjunction { Text = new TextDemand { Rules = [new TextRule($"={text}", TextAutomaton.OfTexts([text]), IsNegated: true, "const", site.Pointer)] } }];
            default:
                return Of(SchemaTerm.Of(Document.Synthetic(site.Pointer, ConstantSchema(value)), negated: true));
        }
    }

    // A schema that only one array or object satisfies.
    private static string ConstantSchema(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            int length = value.GetArrayLength();
            return $$"""{"type":"array","minItems":{{length}},"maxItems":{{length}},"prefixItems":[{{string.Join(',', value.EnumerateArray().Select(i => $$"""{"const":{{i.GetRawText()}}}"""))}}]}""";
        }

        string[] names = [.. value.EnumerateObject().Select(p => CompactJson.Write(JsonSerializer.SerializeToElement(p.Name, JsonTextContext.Default.String)))];
        return $$"""{"type":"object","additionalProperties":false,"required":[{{string.Join(',', names)}}],"properties":{{{string.Join(',', value.EnumerateObject().Select((p, i) => $$"""{{names[i]}}:{"const":{{p.Value.GetRawText()}}}"""))}} } }""";
    }

    private IEnumerable<Conjunction> BrokenArray(SchemaSite site, SchemaKeywords keywords)
    {
        EvaluatedParts ignored = EvaluatedParts.None;
        ArrayDemand demand = ArrayOf(site, keywords, ref ignored);
        for (int i = 0; i < demand.Prefix.Count; i++)
        {
            SchemaTerm not = Negated(demand.Prefix[i]);
            if (!not.IsFalse)
            {
                yield return OfArray(new ArrayDemand { Least = i + 1, Prefix = [.. Enumerable.Repeat(SchemaTerm.True, i), not] });
            }
        }

        if (!demand.Rest.IsTrue)
        {
            yield return demand.Rest.IsFalse
                ? OfArray(new ArrayDemand { Least = demand.Prefix.Count + 1 })
                : OfArray(new ArrayDemand { Contains = [new ContainsDemand(Negated(demand.Rest), demand.Prefix.Count, 1, int.MaxValue)] });
        }

        foreach (ContainsDemand contains in demand.Contains)
        {
            if (contains.Least > 0)
            {
                yield return OfArray(contains.Least == 1 ? new ArrayDemand { Rest = Negated(contains.Term) } : new ArrayDemand { Contains = [contains with { Least = 0, Most = contains.Least - 1 }] });
            }

            if (contains.Most < int.MaxValue)
            {
                yield return OfArray(new ArrayDemand { Contains = [contains with { Least = contains.Most + 1, Most = int.MaxValue }] });
            }
        }

        if (demand.Least > 0)
        {
            yield return OfArray(new ArrayDemand { Most = demand.Least - 1 });
        }

        if (demand.Most < int.MaxValue)
        {
            yield return OfArray(new ArrayDemand { Least = demand.Most + 1 });
        }

        if (demand.UniquePointer is not null)
        {
            yield return OfArray(new ArrayDemand { Least = 2, NotUniquePointer = demand.UniquePointer });
        }
    }

    private IEnumerable<Conjunction> BrokenObject(SchemaSite site, SchemaKeywords keywords)
    {
        ObjectDemand demand = ObjectOf(site, keywords, out _);
        foreach (PropertyClause clause in demand.Clauses)
        {
            foreach ((string name, SchemaTerm term) in clause.Properties)
            {
                if (!term.IsTrue)
                {
                    yield return OfObject(new ObjectDemand { Required = [name], Clauses = [PropertyClause.Of(name, Negated(term))] });
                }
            }

            TextAutomaton others = TextAutomaton.Any;
            foreach ((string pattern, TextAutomaton names, SchemaTerm term) in clause.Patterns)
            {
                if (!term.IsTrue)
                {
                    yield return OfObject(new ObjectDemand { Least = 1, Some = [new SomeProperty($"/{pattern}/", names, Negated(term))] });
                }

                TextAutomaton before = others;
                others = NamesWithin(() => before.Except(names), site.Pointer);
            }

            if (!clause.Additional.IsTrue)
            {
                TextAutomaton unmatched = others;
                others = NamesWithin(() => unmatched.Except(TextAutomaton.OfTexts(clause.Properties.Select(p => p.Key))), site.Pointer);
                string key = $"!{string.Join(';', clause.Properties.Select(p => $"{p.Key.Length}{p.Key}"))}/{string.Join('/', clause.Patterns.Select(p => p.Pattern))}";
                yield return OfObject(new ObjectDemand { Least = 1, Some = [new SomeProperty(key, others, Negated(clause.Additional))] });
            }
        }

        if (!demand.Names.IsTrue)
        {
            SchemaTerm bad = Negated(demand.Names);
            yield return OfObject(new ObjectDemand { Least = 1, Some = [new SomeProperty($"?{bad.Key}", NamesOf(bad), SchemaTerm.True)] });
        }

        foreach (string name in demand.Required)
        {
            yield return OfObject(new ObjectDemand { Clauses = [PropertyClause.Of(name, SchemaTerm.False)] });
        }

        if (demand.Least > 0)
        {
            yield return OfObject(new ObjectDemand { Most = demand.Least - 1 });
        }

        if (demand.Most < int.MaxValue)
        {
            yield return OfObject(new ObjectDemand { Least = demand.Most + 1 });
        }

        foreach ((string name, SchemaTerm? term, string[]? required) in Dependencies(site, keywords))
        {
            ObjectDemand present = new() { Required = [name] };
            if (term is not null)
            {
                foreach (Conjunction alternative in Product([OfObject(present)], Of(Negated(term)), site.Pointer))
                {
                    yield return alternative;
                }
            }

            foreach (string missing in required ?? [])
            {
                yield return OfObject(present with { Clauses = [PropertyClause.Of(missing, SchemaTerm.False)] });
            }
        }
    }

    private IEnumerable<Conjunction> BrokenLogic(SchemaSite site, SchemaKeywords keywords)
    {
        IEnumerable<Conjunction> broken = [];
        if (keywords.TryGet("allOf", out _))
        {
            broken = broken.Concat(Terms(site, "allOf", keywords.Array("allOf", mayBeEmpty: false), negated: true).SelectMany(Of));
        }

        if (keywords.TryGet("anyOf", out _))
        {
            broken = broken.Concat(None(Terms(site, "anyOf", keywords.Array("anyOf", mayBeEmpty: false), negated: true)));
        }

        if (keywords.TryGet("oneOf", out _))
        {
            JsonElement branches = keywords.Array("oneOf", mayBeEmpty: false);
            SchemaTerm[] terms = [.. Terms(site, "oneOf", branches)];
            broken = broken.Concat(None(Terms(site, "oneOf", branches, negated: true)))
                .Concat(terms.SelectMany((one, i) => terms.Take(i).SelectMany(other => Product(Of(one), Of(other), site.Pointer))));
        }

        if (keywords.TryGet("not", out JsonElement not))
        {
            broken = broken.Concat(Of(Term(site, "not", not)));
        }

        if (keywords.TryGet("if", out JsonElement condition))
        {
            if (keywords.TryGet("then", out JsonElement then))
            {
                broken = broken.Concat(Product(Of(Term(site, "if", condition)), Of(Term(site, "then", then, negated: true)), site.Pointer));
            }

            if (keywords.TryGet("else", out JsonElement otherwise))
            {
                broken = broken.Concat(Product(Of(Term(site, "if", condition, negated: true)), Of(Term(site, "else", otherwise, negated: true)), site.Pointer));
            }
        }

        return broken;

        IReadOnlyList<Conjunction> None(IEnumerable<SchemaTerm> negated) =>
            negated.Aggregate(Everything, (all, term) => Product(all, Of(term), site.Pointer));
    }

    /// <summary>The names that satisfy a term.</summary>
    public TextAutomaton NamesOf(SchemaTerm term)
    {
        if (term.IsTrue)
        {
            return TextAutomaton.Any;
        }

        TextAutomaton all = TextAutomaton.None;
        foreach (Conjunction alternative in Expand(term))
        {
            if (alternative.Values is { } values)
            {
                all = all.Union(TextAutomaton.OfTexts(values.Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)));
            }
            else if (alternative.Types.HasFlag(SchemaTypes.String))
            {
                TextAutomaton before = all;
                all = NamesWithin(() => before.Union(alternative.Text.Automaton()), "#");
            }
        }

        return all;
    }

    private static SchemaTerm Negate(int literal, SchemaDocument document) => SchemaTerm.Of(document[literal / 2], (literal & 1) == 0);

    /// <summary>What does not satisfy a term that stands for one schema.</summary>
    public SchemaTerm Negated(SchemaTerm term) =>
        term.IsTrue ? SchemaTerm.False : term.IsFalse ? SchemaTerm.True
        : term.Literals is [var literal] ? Negate(literal, Document)
        : throw new InvalidOperationException("Only a term of one schema is negated.");

    /// <summary>Computes a set of names, and refuses it by name where it is too large.</summary>
    public static TextAutomaton NamesWithin(Func<TextAutomaton> build, string pointer)
    {
        try
        {
            return build();
        }
        catch (AutomatonTooLargeException e)
        {
            throw new UnsupportedSchemaException("patternProperties", SchemaPointer.Append(pointer, "patternProperties"), $"The names of properties are too many to follow. {e.Message} At {pointer}.");
        }
    }
}
