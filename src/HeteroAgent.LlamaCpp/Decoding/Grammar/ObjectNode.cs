namespace HeteroAgent.LlamaCpp;

/// <summary>An object with named properties in a fixed order and no others. One place stands for all keys that may come next.</summary>
internal sealed class ObjectNode : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterValue = 2;
    private const int InKey = 3;

    private readonly ObjectProperty[] _properties;
    private readonly int[] _lastCandidate;
    private readonly ByteAutomaton _keys;
    private readonly int[][] _propertiesUnder;
    private readonly int[] _keyDepth;

    /// <summary>Creates the node.</summary>
    /// <param name="properties">The properties in the order in which they are written; no two have the same key.</param>
    public ObjectNode(IReadOnlyList<ObjectProperty> properties)
    {
        _properties = [.. properties];
        _lastCandidate = new int[_properties.Length + 1];
        _lastCandidate[^1] = _properties.Length - 1;
        for (int i = _properties.Length - 1; i >= 0; i--)
        {
            _lastCandidate[i] = _properties[i].Required ? i : _lastCandidate[i + 1];
        }

        var builder = new ByteAutomatonBuilder();
        int[][] paths = [.. _properties.Select(p => builder.AddLiteral(p.Key))];
        _keys = builder.Build();
        _keyDepth = new int[_keys.StateCount];
        var under = new List<int>[_keys.StateCount];
        for (int i = 0; i < paths.Length; i++)
        {
            (under[0] ??= []).Add(i);
            for (int depth = 0; depth < paths[i].Length; depth++)
            {
                _keyDepth[paths[i][depth]] = depth + 1;
                (under[paths[i][depth]] ??= []).Add(i);
            }
        }

        _propertiesUnder = [.. under.Select(u => u?.ToArray() ?? [])];
    }

    /// <summary>The properties.</summary>
    public IReadOnlyList<ObjectProperty> Properties => _properties;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '{':
                if (!HasRequired(0))
                {
                    output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                }

                AddKeys(at, 0, context, output);
                break;
            case CloseOnly when next == '}':
            case AfterValue when next == '}' && !HasRequired(at.Count):
                Leave(at, output);
                break;
            case AfterValue when next == ',':
                AddKeys(at, at.Count, context, output);
                break;
            case >= InKey:
                StepKey(at, next, context, output);
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        switch (at.State)
        {
            case 0:
                return context.Shortest(this, at.Rest);
            case CloseOnly:
                return 1;
            case AfterValue:
                return Lengths.Add(1, Required(at.Count, at.Rest, context));
        }

        // The rest of a candidate's key, its value, and what is required after it.
        int state = at.State - InKey;
        int last = _lastCandidate[at.Count];
        int afterLast = Required(last + 1, at.Rest, context);
        int least = Lengths.Infinite;
        foreach (int i in _propertiesUnder[state])
        {
            if (i < at.Count || i > last)
            {
                continue;
            }

            int own = Lengths.Add(_properties[i].Key.Length - _keyDepth[state], context.ShortestInside(_properties[i].Value, at.Rest));
            int between = i < last && _properties[last].Required ? Written(last, at.Rest, context) : 0;
            least = Math.Min(least, Lengths.Add(own, Lengths.Add(between, afterLast)));
        }

        return Lengths.Add(1, least);
    }

    public override int ShortestValue(int budget, MinimumTable table)
    {
        if (budget == 0)
        {
            return Lengths.Infinite;
        }

        int length = 1;
        foreach (ObjectProperty property in _properties)
        {
            if (property.Required)
            {
                length = Lengths.Add(length, Lengths.Add(property.Key.Length + 1, table[property.Value, budget - 1]));
            }
        }

        return Math.Max(2, length);
    }

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve)
    {
        for (int i = 0; i < _properties.Length; i++)
        {
            _properties[i] = _properties[i] with { Value = resolve(_properties[i].Value) };
        }
    }

    private void StepKey(in Position at, byte next, GrammarContext context, PositionList output)
    {
        int target = _keys.Next(at.State - InKey, next);
        if (target < 0 || !HasCandidate(target, at.Count, at.Rest, context))
        {
            return;
        }

        if (!_keys.IsFinal(target))
        {
            output.Add(new Position(this, InKey + target, at.Count, 0, at.Rest));
            return;
        }

        int index = _propertiesUnder[target][0];
        var rest = Continuation.Inside(new Position(this, AfterValue, index + 1, 0, at.Rest), context);
        output.Add(Position.Start(_properties[index].Value, rest));
    }

    private void AddKeys(in Position at, int from, GrammarContext context, PositionList output)
    {
        if (HasCandidate(0, from, at.Rest, context))
        {
            output.Add(new Position(this, InKey, from, 0, at.Rest));
        }
    }

    // A property may come next if it is not before the place reached, not after the next required one, and can be finished.
    private bool HasCandidate(int state, int from, Continuation rest, GrammarContext context)
    {
        int last = _lastCandidate[from];
        foreach (int i in _propertiesUnder[state])
        {
            if (i >= from && i <= last && context.ShortestInside(_properties[i].Value, rest) < Lengths.Infinite)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasRequired(int from) => _lastCandidate[from] is >= 0 and int last && _properties[last].Required && last >= from;

    private int Required(int from, Continuation rest, GrammarContext context)
    {
        int length = 0;
        for (int i = from; i < _properties.Length; i++)
        {
            if (_properties[i].Required)
            {
                length = Lengths.Add(length, Written(i, rest, context));
            }
        }

        return length;
    }

    // A comma, the key and the shortest value.
    private int Written(int index, Continuation rest, GrammarContext context) =>
        Lengths.Add(1 + _properties[index].Key.Length, context.ShortestInside(_properties[index].Value, rest));
}
