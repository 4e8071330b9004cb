using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <content>Arrays without repetitions.</content>
internal sealed partial class SchemaCompiler
{
    private const int MaxUnique = 31;
    private const int MaxUniqueLeast = 1_000;

    // Of the decimals that mean the same only that without a zero at the end.
    private static readonly TextAutomaton Shortened = PatternAutomaton.Of(@"^[^.]*$|[1-9]$");

    private GrammarNode Unique(ArrayDemand demand, string unique, string pointer)
    {
        if (demand.Prefix.IsEmpty && demand.Contains.IsEmpty)
        {
            if (Finite(demand.Rest) is { Count: <= MaxUnique } items)
            {
                return _builder.Add(new UniqueArrayNode([.. items.Select(i => _builder.Literals([i], pointer))], demand.Least, demand.Most) { Pointer = pointer });
            }

            if (demand.Least <= MaxUniqueLeast && UniqueTexts(demand.Rest, pointer) is { } texts)
            {
                return texts.Count > 0 ? _builder.Add(new UniqueTextArrayNode(texts, demand.Least, demand.Most) { Pointer = pointer })
                    : demand.Least == 0 ? ArrayOf(new ArrayDemand { Most = 0 }, pointer)
                    : Nothing("No array satisfies the schema: it demands items, and none may be there.", pointer);
            }
        }

        throw new UnsupportedSchemaException("uniqueItems", unique, $"'uniqueItems' is supported where every item is a string, a number, a boolean, null or a value of an 'enum' of these, with at most {MaxUniqueLeast} 'minItems' and no 'prefixItems' or 'contains'; not where it may be an array or an object. At {unique}.");
    }

    // Automata in whose texts each value is written in one way only; null where some item cannot be followed so.
    private List<ByteAutomaton>? UniqueTexts(SchemaTerm term, string pointer)
    {
        if (term.IsTrue)
        {
            return null;
        }

        var automata = new List<ByteAutomaton>();
        var literals = new List<byte[]>();
        try
        {
            foreach (Conjunction one in _logic.Expand(term))
            {
                if (!(one.Values is { } values ? TryAddLiterals(values, literals) : TryAddTexts(one, automata, literals, pointer)))
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is AutomatonTooLargeException or UnsupportedSchemaException)
        {
            return null;
        }

        if (literals.Count > 0)
        {
            automata.Add(AutomatonNode.OfLiterals([.. literals.DistinctBy(Convert.ToHexString)], pointer).Automaton);
        }

        return automata;
    }

    private static bool TryAddLiterals(IEnumerable<JsonElement> values, List<byte[]> literals)
    {
        foreach (JsonElement value in values)
        {
            byte[] text = JsonText.Value(value);
            if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object || (value.ValueKind == JsonValueKind.Number && text.AsSpan().ContainsAny((byte)'e', (byte)'E')))
            {
                return false;
            }

            literals.Add(text);
        }

        return true;
    }

    private static bool TryAddTexts(Conjunction one, List<ByteAutomaton> automata, List<byte[]> literals, string pointer)
    {
        if ((one.Types & (SchemaTypes.Array | SchemaTypes.Object)) != 0 || one.Text.SpanPointer is not null || one.Numbers.SpanPointer is not null)
        {
            return false;
        }

        literals.AddRange(Words(one));
        if (one.Types.HasFlag(SchemaTypes.String) && one.Text.Automaton() is { IsEmpty: false } text)
        {
            automata.Add(JsonStringAutomaton.Build(text));
        }

        if ((one.Types & SchemaTypes.Number) is not SchemaTypes.None and var types
            && BoundedNumber(one.Numbers, types, pointer, isUnique: true) is var numbers && numbers.Minimum(0) < Lengths.Infinite)
        {
            automata.Add(numbers);
        }

        return true;
    }
}
