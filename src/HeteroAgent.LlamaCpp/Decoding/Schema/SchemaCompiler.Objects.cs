namespace HeteroAgent.LlamaCpp;

/// <content>Objects.</content>
internal sealed partial class SchemaCompiler
{
    private const int MaxPatterns = 5;
    private const int MaxObjects = 64;

    private void AddObjects(Conjunction[] conjunctions, List<GrammarNode> nodes, string pointer)
    {
        ObjectDemand[] objects = [.. conjunctions.Where(c => c.Types.HasFlag(SchemaTypes.Object)).Select(c => c.Object).DistinctBy(o => o.Key)];
        if (Array.Exists(objects, o => o.IsFree))
        {
            nodes.Add(_builder.Map(pointer));
            return;
        }

        foreach (ObjectDemand demand in objects)
        {
            var variants = new List<(ObjectDemand Demand, SomeProperty? Unlisted)>();
            Distribute(demand with { Some = [] }, demand.Some, 0, null, variants, pointer);
            GrammarNode[] offered = [.. variants.DistinctBy(v => (v.Demand.Key, v.Unlisted?.Key)).Select(v => ObjectOf(v.Demand, v.Unlisted, pointer))];
            nodes.AddRange(offered.Length > 0 ? offered : [Nothing("No object satisfies the schema.", pointer)]);
        }
    }

    // What some property must satisfy is satisfied by one that is listed, or by one that is not.
    private void Distribute(ObjectDemand demand, IReadOnlyList<SomeProperty> some, int index, SomeProperty? unlisted, List<(ObjectDemand Demand, SomeProperty? Unlisted)> variants, string pointer)
    {
        if (index == some.Count)
        {
            variants.Add((demand, unlisted));
            if (variants.Count > MaxObjects)
            {
                throw new UnsupportedSchemaException("not", pointer, $"The schema at {pointer} demands some property in so many ways that more than {MaxObjects} objects would be followed side by side, which is not supported.");
            }

            return;
        }

        SomeProperty next = some[index];
        foreach (string name in demand.Listed().Where(next.Names.Matches))
        {
            ObjectDemand present = demand.And(new ObjectDemand { Required = [name], Clauses = [PropertyClause.Of(name, next.Value)] });
            if (!_logic.IsEmpty(present.TermOf(name)))
            {
                Distribute(present, some, index + 1, unlisted, variants, pointer);
            }
        }

        if (unlisted is not null)
        {
            throw new UnsupportedSchemaException("not", pointer, $"The schema at {pointer} demands more than one property that it does not name, which is not supported.");
        }

        Distribute(demand, some, index + 1, next, variants, pointer);
    }

    private GrammarNode ObjectOf(ObjectDemand demand, SomeProperty? some, string pointer)
    {
        var properties = new List<ObjectProperty>();
        string[] listed = [.. demand.Listed()];
        foreach (string name in listed)
        {
            bool required = demand.Required.Contains(name);
            SchemaTerm term = demand.TermOf(name);
            if (_logic.IsEmpty(term) || !_logic.IsName(demand.Names, name))
            {
                if (required)
                {
                    return Nothing($"The property '{name}' is required and nothing satisfies it.", pointer);
                }

                continue;
            }

            properties.Add(new ObjectProperty([.. JsonText.String(name), (byte)':'], Node(term, pointer), required));
        }

        List<UnlistedProperties> unlisted = Unlisted(demand, listed, properties, some, pointer);
        if (some is not null && !unlisted.Exists(u => u.Counts))
        {
            return Nothing("No property satisfies what some property must.", pointer);
        }

        int most = unlisted.Count == 0 ? Math.Min(demand.Most, properties.Count) : demand.Most;
        return demand.Least > most || properties.Count(p => p.Required) > most
            ? Nothing("No object satisfies the schema: it demands more properties than it allows.", pointer)
            : _builder.Object(properties, pointer, unlisted, demand.Least, demand.Most, some is not null);
    }

    private List<UnlistedProperties> Unlisted(ObjectDemand demand, string[] listed, List<ObjectProperty> properties, SomeProperty? some, string pointer)
    {
        (string Pattern, TextAutomaton Names)[] patterns = [.. demand.Clauses.SelectMany(c => c.Patterns).Select(p => (p.Pattern, p.Names)).DistinctBy(p => p.Pattern)];
        if (patterns.Length > MaxPatterns)
        {
            throw new UnsupportedSchemaException("patternProperties", SchemaPointer.Append(pointer, "patternProperties"), $"More than {MaxPatterns} patterns of names for an object are not supported. At {pointer}.");
        }

        // Others are allowed wherever nothing forbids them; they are offered where the schema speaks of them, or asks for them.
        bool needed = some is not null || properties.Count < demand.Least;
        bool others = _open || needed || !demand.Clauses.Exists(c => c.Lists) || demand.Clauses.Exists(c => c.IsOpen) || !demand.Names.IsTrue;
        var found = new List<UnlistedProperties>();
        TextAutomaton all = SchemaLogic.NamesWithin(() => _logic.NamesOf(demand.Names).Except(TextAutomaton.OfTexts(listed)), pointer);
        for (int set = 0; set < 1 << patterns.Length; set++)
        {
            if (set == 0 && !others)
            {
                continue;
            }

            SchemaTerm term = SchemaTerm.True;
            foreach (PropertyClause clause in demand.Clauses)
            {
                SchemaTerm[] matching = [.. clause.Patterns.Where(p => (set >> Array.FindIndex(patterns, q => q.Pattern == p.Pattern) & 1) != 0).Select(p => p.Term)];
                term = matching.Length == 0 ? term.And(clause.Additional) : matching.Aggregate(term, (x, y) => x.And(y));
            }

            if (_logic.IsEmpty(term))
            {
                continue;
            }

            int chosen = set;
            TextAutomaton names = SchemaLogic.NamesWithin(() => patterns.Select((p, i) => (p.Names, IsIn: (chosen >> i & 1) != 0)).Aggregate(all, (x, p) => p.IsIn ? x.Intersect(p.Names) : x.Except(p.Names)), pointer);
            Add(found, names, term, counts: false, pointer);
            if (some is not null)
            {
                Add(found, SchemaLogic.NamesWithin(() => names.Intersect(some.Names), pointer), term.And(some.Value), counts: true, pointer);
            }
        }

        return found;
    }

    private void Add(List<UnlistedProperties> found, TextAutomaton names, SchemaTerm term, bool counts, string pointer)
    {
        if (!names.IsEmpty && !_logic.IsEmpty(term))
        {
            ByteAutomaton key = names.IsAny ? ObjectNode.AnyKey : StringBytes(names, isKey: true, "patternProperties", pointer);
            found.Add(new UnlistedProperties(_builder.Add(new AutomatonNode(key, literals: null) { Pointer = pointer }), Node(term, pointer), counts));
        }
    }
}
