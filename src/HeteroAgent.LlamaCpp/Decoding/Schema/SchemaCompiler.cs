using System.Collections.Concurrent;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Compiles one schema document into the nodes of a grammar: a term, which is a set of schemas that must all hold, becomes one node, and its alternatives are read side by side.</summary>
internal sealed partial class SchemaCompiler
{
    private static readonly ConcurrentDictionary<string, ByteAutomaton> NumberAutomata = new(StringComparer.Ordinal);

    private readonly GrammarBuilder _builder;
    private readonly SchemaLogic _logic;
    private readonly bool _open;
    private readonly Dictionary<SchemaTerm, ChoiceNode> _nodes = [];

    private SchemaCompiler(GrammarBuilder builder, SchemaLogic logic, bool open)
    {
        _builder = builder;
        _logic = logic;
        _open = open;
    }

    /// <summary>Compiles a schema to a grammar.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="options">What is allowed beyond what is offered for writing.</param>
    public static JsonGrammar Compile(JsonElement schema, SchemaOptions options = default)
    {
        var builder = new GrammarBuilder();
        return builder.Build(CompileInto(builder, schema, SchemaTypes.All, options));
    }

    /// <summary>A grammar of every value of some types.</summary>
    public static JsonGrammar CompileAny(SchemaTypes types)
    {
        var builder = new GrammarBuilder();
        return builder.Build(builder.Any(types, "#"));
    }

    /// <summary>Compiles a schema document as a part of a grammar; its references are resolved within it.</summary>
    public static GrammarNode CompileInto(GrammarBuilder builder, JsonElement schema, SchemaTypes types, SchemaOptions options = default) => Guard(() =>
    {
        var document = new SchemaDocument(schema, options.Dialect);
        var logic = new SchemaLogic(document);
        SchemaTerm term = SchemaTerm.Of(document.Root, negated: false);
        if (types == SchemaTypes.Object)
        {
            term = term.And(SchemaTerm.Of(document.Synthetic("#", """{"type":"object"}"""), negated: false));
        }

        return new SchemaCompiler(builder, logic, options.IsOpen).Node(term, "#");
    });

    /// <summary>Does something with a schema, and reports what can only be found there in its terms.</summary>
    public static T Guard<T>(Func<T> action)
    {
        TextAutomaton.StartWork();
        try
        {
            return action();
        }
        catch (OpenTermException e)
        {
            throw new InvalidSchemaException(e.Pointer, $"The schema refers to nothing but itself: no document satisfies it. At {e.Pointer}.");
        }
        catch (InvalidOperationException e) when (e.Source == "System.Text.Json.Rethrowable")
        {
            // Thrown where a string is read whose escapes are not Unicode text.
            throw new InvalidSchemaException("#", "The schema holds a string with a lone surrogate, which is not Unicode text; whole characters are accepted.");
        }
        finally
        {
            TextAutomaton.EndWork();
        }
    }

    private string PointerOf(SchemaTerm term, string pointer) =>
        term.Literals is [>= 0 and var literal, ..] ? _logic.Document[literal / 2].Pointer : pointer;

    // Every use of a term shares one node, which is how recursion is tied.
    private ChoiceNode Node(SchemaTerm term, string pointer)
    {
        if (_nodes.TryGetValue(term, out ChoiceNode? node))
        {
            return node;
        }

        pointer = PointerOf(term, pointer);
        node = _builder.Add(new ChoiceNode { Pointer = pointer });
        _nodes.Add(term, node);
        if (term.IsTrue)
        {
            node.Alternatives = [_builder.Any(SchemaTypes.All, pointer)];
            return node;
        }

        node.Alternatives = Alternatives(_logic.Expand(term), pointer);
        return node;
    }

    private GrammarNode[] Alternatives(IReadOnlyList<Conjunction> conjunctions, string pointer)
    {
        if (conjunctions.Count == 0)
        {
            return [Nothing("No value satisfies the schema: what it demands contradicts itself.", pointer)];
        }

        var nodes = new List<GrammarNode>();
        var literals = new List<byte[]>();
        SchemaTypes words = SchemaTypes.None;
        bool? boolean = null;
        foreach (Conjunction one in conjunctions)
        {
            if (one.Values is { } values)
            {
                literals.AddRange(values.Select(JsonText.Value));
                continue;
            }

            if (one.Types.HasFlag(SchemaTypes.Boolean))
            {
                // One word from one alternative and the other from another make both.
                boolean = words.HasFlag(SchemaTypes.Boolean) && boolean != one.Boolean ? null : one.Boolean;
            }

            words |= one.Types & (SchemaTypes.Null | SchemaTypes.Boolean);
        }

        if (words.HasFlag(SchemaTypes.Boolean))
        {
            literals.AddRange(boolean switch { true => ["true"u8.ToArray()], false => ["false"u8.ToArray()], _ => (byte[][])["true"u8.ToArray(), "false"u8.ToArray()] });
        }

        if (words.HasFlag(SchemaTypes.Null))
        {
            literals.Add("null"u8.ToArray());
        }

        Conjunction[] described = [.. conjunctions.Where(c => c.Values is null)];
        AddObjects(described, nodes, pointer);
        AddArrays(described, nodes, pointer);
        AddTexts(described, nodes, pointer);
        AddNumbers(described, nodes, pointer);
        if (literals.Count > 0)
        {
            nodes.Insert(described.Length == 0 || conjunctions[0].Values is not null ? 0 : nodes.Count, _builder.Literals([.. literals.DistinctBy(Convert.ToHexString)], pointer));
        }

        return nodes.Count > 0 ? [.. nodes] : [Nothing("No value satisfies the schema.", pointer)];
    }

    private NothingNode Nothing(string reason, string pointer) => _builder.Add(new NothingNode(reason) { Pointer = pointer });

    private void AddNumbers(Conjunction[] conjunctions, List<GrammarNode> nodes, string pointer)
    {
        Conjunction[] numbers = [.. conjunctions.Where(c => (c.Types & SchemaTypes.Number) != 0).DistinctBy(c => ((int)(c.Types & SchemaTypes.Number), c.Numbers.Key))];
        SchemaTypes free = numbers.Where(c => c.Numbers.IsFree).Aggregate(SchemaTypes.None, (all, c) => all | (c.Types & SchemaTypes.Number));
        foreach (Conjunction one in numbers)
        {
            SchemaTypes types = one.Types & SchemaTypes.Number;
            if ((types & ~free) == SchemaTypes.None && !one.Numbers.IsFree)
            {
                continue;
            }

            if (one.Numbers.SpanPointer is not null)
            {
                NumberBounds bounds = one.Numbers;
                nodes.Add(_builder.Add(new SpanValueNode(types.HasFlag(SchemaTypes.Fraction) ? SpanValueKind.Number : SpanValueKind.Integer, bounds.Matches) { Pointer = pointer }));
                continue;
            }

            if (one.Numbers.IsFree && types.HasFlag(SchemaTypes.Integer))
            {
                nodes.Add(_builder.Any(types, pointer));
                continue;
            }

            ByteAutomaton automaton = BoundedNumber(one.Numbers, types, pointer);
            nodes.Add(automaton.Minimum(0) >= Lengths.Infinite ? Nothing("No number satisfies the bounds.", pointer) : _builder.Add(new AutomatonNode(automaton, literals: null) { Pointer = pointer }));
        }
    }

    private static ByteAutomaton BoundedNumber(NumberBounds bounds, SchemaTypes types, string pointer, bool isUnique = false)
    {
        string key = $"{(int)types}{(isUnique ? "u" : "")}{bounds.Key}";
        if (NumberAutomata.TryGetValue(key, out ByteAutomaton? known))
        {
            return known;
        }

        try
        {
            TextAutomaton texts = NumberLanguage.Build(bounds, types.HasFlag(SchemaTypes.Integer), types.HasFlag(SchemaTypes.Fraction));
            ByteAutomaton automaton = NumberLanguage.ToBytes(isUnique && types.HasFlag(SchemaTypes.Fraction) ? texts.Intersect(Shortened) : texts);
            if (NumberAutomata.Count > GrammarCache.Capacity)
            {
                NumberAutomata.Clear();
            }

            return NumberAutomata.GetOrAdd(key, automaton);
        }
        catch (AutomatonTooLargeException)
        {
            string keyword = bounds.Divisors.IsEmpty ? "maximum" : "multipleOf";
            throw new UnsupportedSchemaException(keyword, SchemaPointer.Append(pointer, keyword), $"'{keyword}' with what stands beside it has too many digits, which is not supported. At {SchemaPointer.Append(pointer, keyword)}.");
        }
    }

    private void AddTexts(Conjunction[] conjunctions, List<GrammarNode> nodes, string pointer)
    {
        TextDemand[] texts = [.. conjunctions.Where(c => c.Types.HasFlag(SchemaTypes.String)).Select(c => c.Text).DistinctBy(t => t.Key)];
        if (Array.Exists(texts, t => t.Key == TextDemand.None.Key))
        {
            texts = [TextDemand.None];
        }

        foreach (TextDemand text in texts)
        {
            nodes.Add(Text(text, pointer));
        }
    }

    private GrammarNode Text(TextDemand text, string pointer)
    {
        if (text.SpanPointer is { } span)
        {
            if (text.Rules.IsEmpty)
            {
                return _builder.Add(new SpanNode(text.Least, text.Most) { Pointer = pointer });
            }

            return text is { Rules: [{ IsNegated: false, Key: ['@', .. var format] }], Least: 0, Most: int.MaxValue } && SpanValues.OfFormat(format) is { } kind
                ? _builder.Add(new SpanValueNode(kind) { Pointer = pointer })
                : throw new UnsupportedSchemaException("x-span", span, $"'x-span' beside '{text.Rules[0].Keyword}' is not supported. Supported beside it are 'minLength' and 'maxLength', or 'format' date, time or date-time alone. At {span}.");
        }

        if (text.Rules.IsEmpty)
        {
            return _builder.Add(new StringNode(text.Least, text.Most) { Pointer = pointer });
        }

        TextAutomaton automaton = text.Automaton(out int most);
        if (automaton.IsEmpty)
        {
            return Nothing("No string satisfies the pattern, format and length together.", pointer);
        }

        return most == int.MaxValue && automaton.IsAny ? _builder.Add(new StringNode(0, int.MaxValue) { Pointer = pointer })
            : most == int.MaxValue && automaton.Enumerate(64) is { } few ? _builder.Literals([.. few.Select(JsonText.String)], pointer)
            : _builder.Add(new AutomatonNode(StringBytes(automaton, isKey: false, text.Rules[0].Keyword, text.Rules[0].Pointer), literals: null, most == int.MaxValue ? most : most + 2) { Pointer = pointer });
    }

    private static ByteAutomaton StringBytes(TextAutomaton automaton, bool isKey, string keyword, string pointer)
    {
        try
        {
            return JsonStringAutomaton.Build(automaton, isKey);
        }
        catch (AutomatonTooLargeException e)
        {
            throw new UnsupportedSchemaException(keyword, pointer, $"'{keyword}' is too large to follow. {e.Message} At {pointer}.");
        }
    }
}
