namespace HeteroAgent.LlamaCpp;

/// <summary>An object: listed properties in a fixed order, then any number of others. One place stands for all listed keys that may come next. An unlisted key may come twice, as JSON itself allows.</summary>
/// <remarks>The count of a place is the first listed property that may still come; its extra holds the number of properties so far, where a bound asks for it, and whether what some property must be was there.</remarks>
internal sealed class ObjectNode : GrammarNode
{
    private const int CloseOnly = 1;
    private const int AfterValue = 2;
    private const int BeforeUnlisted = 3;
    private const int Found = 1;

    private readonly ObjectProperty[] _properties;
    private readonly UnlistedProperties[] _unlisted;
    private readonly int[] _lastCandidate;
    private readonly ByteAutomaton _keys;
    private readonly int[][] _propertiesUnder;
    private readonly int[] _keyDepth;
    private readonly int _least;
    private readonly int _most;
    private readonly bool _needsFound;
    private readonly int _inKey;

    /// <summary>Creates the node.</summary>
    /// <param name="properties">The listed properties in the order in which they are written; no two have the same key.</param>
    /// <param name="unlisted">The others, by kinds of keys.</param>
    /// <param name="least">The fewest properties.</param>
    /// <param name="most">The most properties; <see cref="int.MaxValue"/> is no bound.</param>
    /// <param name="needsFound">Whether a property that counts must be there.</param>
    public ObjectNode(IReadOnlyList<ObjectProperty> properties, IReadOnlyList<UnlistedProperties>? unlisted = null, int least = 0, int most = int.MaxValue, bool needsFound = false)
    {
        _properties = [.. properties];
        _unlisted = [.. unlisted ?? []];
        _least = least;
        _most = most;
        _needsFound = needsFound;
        _inKey = BeforeUnlisted + _unlisted.Length;
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

    /// <summary>Any key, with its colon.</summary>
    public static ByteAutomaton AnyKey { get; } = JsonStringAutomaton.Build(TextAutomaton.Any, isKey: true);

    /// <summary>The listed properties.</summary>
    public IReadOnlyList<ObjectProperty> Properties => _properties;

    /// <summary>The others.</summary>
    public IReadOnlyList<UnlistedProperties> Unlisted => _unlisted;

    /// <summary>Whether the listed properties are all that is said: no others, and no bound on their number.</summary>
    public bool IsPlain => _unlisted.Length == 0 && !IsCounted;

    private bool IsCounted => _least > 0 || _most != int.MaxValue || _needsFound;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        switch (at.State)
        {
            case 0 when next == '{':
                if (!HasRequired(0) && CanClose(0))
                {
                    output.Add(new Position(this, CloseOnly, 0, 0, at.Rest));
                }

                AddKeys(at, 0, context, output);
                break;
            case CloseOnly when next == '}':
            case AfterValue when next == '}' && !HasRequired(at.Count) && CanClose(at.Extra):
                Leave(at, output);
                break;
            case AfterValue when next == ',':
                AddKeys(at, at.Count, context, output);
                break;
            case >= BeforeUnlisted when at.State < _inKey:
                StepUnlisted(at, next, context, output);
                break;
            default:
                if (at.State >= _inKey)
                {
                    StepKey(at, next, context, output);
                }

                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        ValueLengths lengths = context.Inside(at.Rest);
        switch (at.State)
        {
            case 0:
                return context.Shortest(this, at.Rest);
            case CloseOnly:
                return 1;
            case AfterValue:
                return Lengths.Add(1, Missing(at.Count, at.Extra, lengths));
        }

        if (at.State < _inKey)
        {
            UnlistedProperties kind = _unlisted[at.State - BeforeUnlisted];
            return Lengths.Add(1, Lengths.Add(lengths[kind.Value], Missing(_properties.Length, After(at.Extra, kind), lengths)));
        }

        // The rest of a candidate's key, its value, and what is missing after it.
        int state = at.State - _inKey;
        int last = _lastCandidate[at.Count];
        int least = Lengths.Infinite;
        foreach (int i in _propertiesUnder[state])
        {
            if (i >= at.Count && i <= last)
            {
                int own = Lengths.Add(_properties[i].Key.Length - _keyDepth[state], lengths[_properties[i].Value]);
                least = Math.Min(least, Lengths.Add(own, Missing(i + 1, After(at.Extra, null), lengths)));
            }
        }

        return Lengths.Add(1, least);
    }

    public override int ShortestValue(int budget, MinimumTable table)
    {
        if (budget == 0)
        {
            return Lengths.Infinite;
        }

        int length = Missing(0, 0, new ValueLengths(table, budget - 1));

        // Every property brings a comma, of which the first has none.
        return length == 0 ? 2 : Lengths.Add(1, length);
    }

    public override void Resolve(Func<GrammarNode, GrammarNode> resolve)
    {
        for (int i = 0; i < _properties.Length; i++)
        {
            _properties[i] = _properties[i] with { Value = resolve(_properties[i].Value) };
        }

        for (int i = 0; i < _unlisted.Length; i++)
        {
            _unlisted[i] = _unlisted[i] with { Value = resolve(_unlisted[i].Value) };
        }
    }

    private void StepKey(in Position at, byte next, GrammarContext context, PositionList output)
    {
        int target = _keys.Next(at.State - _inKey, next);
        if (target < 0 || !HasCandidate(target, at.Count, at.Extra, at.Rest, context))
        {
            return;
        }

        if (!_keys.IsFinal(target))
        {
            output.Add(new Position(this, _inKey + target, at.Count, at.Extra, at.Rest));
            return;
        }

        int index = _propertiesUnder[target][0];
        var rest = Continuation.Inside(new Position(this, AfterValue, index + 1, After(at.Extra, null), at.Rest), context);
        output.Add(Position.Start(_properties[index].Value, rest));
    }

    private void StepUnlisted(in Position at, byte next, GrammarContext context, PositionList output)
    {
        UnlistedProperties kind = _unlisted[at.State - BeforeUnlisted];
        var after = new Position(this, AfterValue, _properties.Length, After(at.Extra, kind), at.Rest);
        var value = Position.Start(kind.Value, Continuation.Inside(after, context));
        value.Node.Step(value, next, context, output);
    }

    private void AddKeys(in Position at, int from, GrammarContext context, PositionList output)
    {
        if (HasCandidate(0, from, at.Extra, at.Rest, context))
        {
            output.Add(new Position(this, _inKey, from, at.Extra, at.Rest));
        }

        if (_unlisted.Length == 0 || HasRequired(from) || Written(at.Extra) >= _most)
        {
            return;
        }

        for (int i = 0; i < _unlisted.Length; i++)
        {
            var before = new Position(this, BeforeUnlisted + i, _properties.Length, at.Extra, at.Rest);
            if (before.Minimum(context) < Lengths.Infinite)
            {
                output.Add(Position.Start(_unlisted[i].Key, Continuation.Inside(before, context)));
            }
        }
    }

    // A property may come next if it is not before the place reached, not after the next required one, and all can be finished.
    private bool HasCandidate(int state, int from, int extra, Continuation rest, GrammarContext context)
    {
        int last = _lastCandidate[from];
        foreach (int i in _propertiesUnder[state])
        {
            if (i >= from && i <= last && context.ShortestInside(_properties[i].Value, rest) < Lengths.Infinite
                && (!IsCounted || Missing(i + 1, After(extra, null), context.Inside(rest)) < Lengths.Infinite))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasRequired(int from) => _lastCandidate[from] is >= 0 and int last && _properties[last].Required && last >= from;

    private bool CanClose(int extra) => Written(extra) >= _least && (!_needsFound || (extra & Found) != 0);

    private static int Written(int extra) => extra >> 1;

    private int After(int extra, UnlistedProperties? kind)
    {
        if (!IsCounted)
        {
            return 0;
        }

        int written = Written(extra) + 1;
        written = _most == int.MaxValue ? Math.Min(written, _least) : written;
        return (written << 1) | (extra & Found) | (kind is { Counts: true } ? Found : 0);
    }

    // The bytes of the properties, each with its comma, that are still missing from a listed one on.
    private int Missing(int from, int extra, ValueLengths lengths)
    {
        int total = 0;
        int count = 0;
        for (int i = from; i < _properties.Length; i++)
        {
            if (_properties[i].Required)
            {
                total = Lengths.Add(total, Bytes(_properties[i], lengths));
                count++;
            }
        }

        return IsCounted ? Counted(from, extra, total, count, lengths) : total;
    }

    private int Counted(int from, int extra, int total, int count, ValueLengths lengths)
    {
        if (_needsFound && (extra & Found) == 0)
        {
            total = Lengths.Add(total, _unlisted.Where(u => u.Counts).Min(u => Bytes(u, lengths)));
            count++;
        }

        if (Written(extra) + count > _most && _most != int.MaxValue)
        {
            return Lengths.Infinite;
        }

        int lacking = _least - Written(extra) - count;
        if (lacking <= 0)
        {
            return total;
        }

        // As many of the shortest others as the lower bound asks for.
        int other = _unlisted.Length == 0 ? Lengths.Infinite : _unlisted.Min(u => Bytes(u, lengths));
        IEnumerable<int> optional = _properties.Skip(from).Where(p => !p.Required).Select(p => Bytes(p, lengths)).Where(b => b < other).Order().Take(lacking);
        foreach (int bytes in optional)
        {
            total = Lengths.Add(total, bytes);
            lacking--;
        }

        return lacking == 0 ? total : Lengths.Add(total, Lengths.Multiply(lacking, other));
    }

    private static int Bytes(ObjectProperty property, ValueLengths lengths) => Lengths.Add(1 + property.Key.Length, lengths[property.Value]);

    private static int Bytes(UnlistedProperties kind, ValueLengths lengths) => Lengths.Add(1 + kind.Key.Shortest, lengths[kind.Value]);
}
