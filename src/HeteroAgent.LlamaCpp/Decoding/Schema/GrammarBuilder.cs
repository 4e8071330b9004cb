namespace HeteroAgent.LlamaCpp;

/// <summary>Collects the nodes of one grammar and ties them up.</summary>
internal sealed class GrammarBuilder
{
    private readonly List<GrammarNode> _nodes = [];
    private readonly bool[] _literalBytes = new bool[256];
    private ChoiceNode? _anyValue;
    private GrammarNode? _map;

    /// <summary>Adds a node.</summary>
    public T Add<T>(T node)
        where T : GrammarNode
    {
        node.Id = _nodes.Count;
        _nodes.Add(node);
        return node;
    }

    /// <summary>One of some literal texts.</summary>
    public AutomatonNode Literals(IReadOnlyList<byte[]> literals, string pointer)
    {
        foreach (byte[] literal in literals)
        {
            Note(literal);
        }

        return Add(AutomatonNode.OfLiterals(literals, pointer));
    }

    /// <summary>An object with these properties, and with others where some are given.</summary>
    public ObjectNode Object(IReadOnlyList<ObjectProperty> properties, string pointer, IReadOnlyList<UnlistedProperties>? unlisted = null, int least = 0, int most = int.MaxValue, bool needsFound = false)
    {
        foreach (ObjectProperty property in properties)
        {
            Note(property.Key);
        }

        return Add(new ObjectNode(properties, unlisted, least, most, needsFound) { Pointer = pointer });
    }

    /// <summary>An object with any properties.</summary>
    public GrammarNode Map(string pointer)
    {
        if (_map is null)
        {
            // The value is not known yet: a map holds values, and a value may be a map.
            var value = new ChoiceNode { Pointer = pointer };
            _map = Add(new ObjectNode([], [new UnlistedProperties(Add(new AutomatonNode(ObjectNode.AnyKey, literals: null)), value, Counts: false)]) { Pointer = pointer });
            Add(value).Alternatives = [Any(SchemaTypes.All, pointer)];
        }

        return _map;
    }

    /// <summary>Any value of some types.</summary>
    public GrammarNode Any(SchemaTypes types, string pointer)
    {
        if (types == SchemaTypes.All)
        {
            if (_anyValue is null)
            {
                _anyValue = Add(new ChoiceNode { Pointer = pointer });
                _anyValue.Alternatives = [.. OfTypes(types, pointer)];
            }

            return _anyValue;
        }

        return Add(new ChoiceNode { Pointer = pointer, Alternatives = [.. OfTypes(types, pointer)] });
    }

    /// <summary>Ties up the grammar.</summary>
    /// <exception cref="InvalidSchemaException">No finite document satisfies it.</exception>
    public JsonGrammar Build(GrammarNode root)
    {
        foreach (GrammarNode node in _nodes)
        {
            if (node is ChoiceNode)
            {
                node.Resolve(Leaf);
            }
        }

        foreach (GrammarNode node in _nodes)
        {
            if (node is not ChoiceNode)
            {
                node.Resolve(Leaf);
            }
        }

        root = Leaf(root);
        GrammarNode[] nodes = [.. _nodes];
        var table = new MinimumTable(nodes, spans: null);
        if (table[root, JsonGrammar.MaxDepth] >= Lengths.Infinite)
        {
            (string pointer, string reason) = Unsatisfiable.Find(root, table);
            throw new InvalidSchemaException(pointer, $"{reason} At {pointer}.", isUnsatisfiable: true);
        }

        return new JsonGrammar(nodes, root, _literalBytes);
    }

    private List<GrammarNode> OfTypes(SchemaTypes types, string pointer)
    {
        var nodes = new List<GrammarNode>();
        if (types.HasFlag(SchemaTypes.Object))
        {
            nodes.Add(Map(pointer));
        }

        if (types.HasFlag(SchemaTypes.Array))
        {
            nodes.Add(Add(new ArrayNode(Any(SchemaTypes.All, pointer), 0, int.MaxValue) { Pointer = pointer }));
        }

        if (types.HasFlag(SchemaTypes.String))
        {
            nodes.Add(Add(new StringNode(0, int.MaxValue) { Pointer = pointer }));
        }

        if (types.HasFlag(SchemaTypes.Integer))
        {
            ByteAutomaton number = types.HasFlag(SchemaTypes.Fraction) ? NumberAutomaton.Number : NumberAutomaton.Integer;
            nodes.Add(Add(new AutomatonNode(number, literals: null) { Pointer = pointer }));
        }

        var words = new List<byte[]>();
        if (types.HasFlag(SchemaTypes.Boolean))
        {
            words.AddRange(["true"u8.ToArray(), "false"u8.ToArray()]);
        }

        if (types.HasFlag(SchemaTypes.Null))
        {
            words.Add("null"u8.ToArray());
        }

        if (words.Count > 0)
        {
            nodes.Add(Literals(words, pointer));
        }

        return nodes;
    }

    private static GrammarNode Leaf(GrammarNode node) => node is ChoiceNode { Alternatives: [var only] } ? only : node;

    private void Note(byte[] literal)
    {
        foreach (byte value in literal)
        {
            _literalBytes[value] = true;
        }
    }
}
