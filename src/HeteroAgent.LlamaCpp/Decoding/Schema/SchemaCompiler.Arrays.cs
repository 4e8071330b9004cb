namespace HeteroAgent.LlamaCpp;

/// <content>Arrays.</content>
internal sealed partial class SchemaCompiler
{
    private void AddArrays(Conjunction[] conjunctions, List<GrammarNode> nodes, string pointer)
    {
        ArrayDemand[] arrays = [.. conjunctions.Where(c => c.Types.HasFlag(SchemaTypes.Array)).Select(c => c.Array).DistinctBy(a => a.Key)];
        nodes.AddRange(Array.Exists(arrays, a => a.IsFree) ? [ArrayOf(ArrayDemand.None, pointer)] : arrays.Select(a => ArrayOf(a, pointer)));
    }

    private GrammarNode ArrayOf(ArrayDemand demand, string pointer)
    {
        demand = Absorb(demand);
        int most = demand.Most;
        int last = demand.Prefix.FindIndex(_logic.IsEmpty);
        most = last >= 0 ? Math.Min(most, last) : most;
        most = _logic.IsEmpty(demand.Rest) ? Math.Min(most, demand.Prefix.Count) : most;
        if (demand.Least > most)
        {
            return Nothing("No array satisfies the schema: it demands more items than it allows.", pointer);
        }

        demand = demand with { Most = most, Prefix = demand.Prefix.Count > most ? demand.Prefix.GetRange(0, most) : demand.Prefix };
        if (demand.UniquePointer is { } unique && most > 1)
        {
            return Unique(demand, unique, pointer);
        }

        if (demand.NotUniquePointer is { } repeated)
        {
            throw new UnsupportedSchemaException("uniqueItems", repeated, $"'uniqueItems' that is negated is not supported. At {repeated}.");
        }

        if (demand.Contains.Count > 1)
        {
            throw new UnsupportedSchemaException("contains", SchemaPointer.Append(pointer, "contains"), $"More than one 'contains' for an array is not supported. At {pointer}.");
        }

        ContainsDemand contains = demand.Contains.Count == 1 ? demand.Contains[0] : new ContainsDemand(SchemaTerm.True, 0, 0, int.MaxValue);
        ArrayItem[] prefix = [.. demand.Prefix.Select((term, i) => Item(term, i, contains, pointer))];
        ArrayItem? rest = most > prefix.Length ? Item(demand.Rest, Math.Max(prefix.Length, contains.From), contains, pointer) : null;
        if (contains.From > prefix.Length)
        {
            prefix = [.. Enumerable.Range(0, Math.Min(contains.From, most)).Select(i => Item(demand.At(i), i, contains, pointer))];
        }

        return _builder.Add(new ArrayNode(prefix, rest, demand.Least, most, contains.Least, contains.Most) { Pointer = pointer });
    }

    // Takes apart what some items must satisfy: all, none, or any that there are.
    private ArrayDemand Absorb(ArrayDemand demand)
    {
        ArrayDemand kept = demand with { Contains = [] };
        foreach (ContainsDemand contains in demand.Contains)
        {
            if (contains.Term.IsTrue && contains.From == 0)
            {
                kept = kept with { Least = Math.Max(kept.Least, contains.Least), Most = Math.Min(kept.Most, contains.Most) };
            }
            else if (contains.Most == 0 && contains.Least == 0)
            {
                SchemaTerm not = _logic.Negated(contains.Term);
                kept = kept.And(new ArrayDemand { Prefix = [.. Enumerable.Repeat(SchemaTerm.True, contains.From)], Rest = not });
            }
            else if (contains.Least > 0 || contains.Most < int.MaxValue)
            {
                kept = kept with { Contains = kept.Contains.Add(contains), Least = Math.Max(kept.Least, Lengths.Add(contains.From, contains.Least)) };
            }
        }

        return kept;
    }

    private ArrayItem Item(SchemaTerm term, int index, ContainsDemand contains, string pointer)
    {
        bool counts = index >= contains.From && (contains.Least > 0 || contains.Most < int.MaxValue);
        if (!counts)
        {
            return new ArrayItem(Node(term, pointer), null);
        }

        SchemaTerm counted = term.And(contains.Term);
        SchemaTerm plain = contains.Most < int.MaxValue ? term.And(_logic.Negated(contains.Term)) : term;
        return new ArrayItem(_logic.IsEmpty(plain) ? null : Node(plain, pointer), _logic.IsEmpty(counted) ? null : Node(counted, pointer));
    }

    // The values of a term that has only a few, none of them an array or object.
    private List<byte[]>? Finite(SchemaTerm term)
    {
        if (term.IsTrue)
        {
            return null;
        }

        var values = new List<byte[]>();
        foreach (Conjunction one in _logic.Expand(term))
        {
            if (one.Values is not null)
            {
                values.AddRange(one.Values.Select(JsonText.Value));
            }
            else if ((one.Types & ~(SchemaTypes.Null | SchemaTypes.Boolean)) == 0)
            {
                values.AddRange(Words(one));
            }
            else
            {
                return null;
            }
        }

        return [.. values.DistinctBy(Convert.ToHexString)];
    }

    // Null and the booleans that are allowed.
    private static IEnumerable<byte[]> Words(Conjunction one)
    {
        if (one.Types.HasFlag(SchemaTypes.Null))
        {
            yield return "null"u8.ToArray();
        }

        if (one.Types.HasFlag(SchemaTypes.Boolean) && one.Boolean != false)
        {
            yield return "true"u8.ToArray();
        }

        if (one.Types.HasFlag(SchemaTypes.Boolean) && one.Boolean != true)
        {
            yield return "false"u8.ToArray();
        }
    }
}
