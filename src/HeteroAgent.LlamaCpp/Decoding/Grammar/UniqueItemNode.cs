namespace HeteroAgent.LlamaCpp;

/// <summary>
/// An item of an array without repetitions, as far as it is written: made anew at every byte, since it holds the text so far and
/// the items before. The state of a place is that of one of the array's automata, times their number, and which one.
/// </summary>
internal sealed class UniqueItemNode : GrammarNode
{
    /// <summary>More bytes than it takes to make a text differ from thousands of others where any may stand.</summary>
    public const int MostToDiffer = 8;

    private readonly UniqueTextArrayNode _array;
    private readonly byte[][] _earlier;
    private readonly UniqueItemNode? _before;
    private readonly byte _byte;
    private readonly int _length;

    // Those of the earlier items that begin with the text so far.
    private readonly byte[][] _alike;

    /// <summary>Creates the node of an item that is not begun yet.</summary>
    public UniqueItemNode(UniqueTextArrayNode array, byte[][] earlier)
    {
        _array = array;
        _earlier = earlier;
        _alike = earlier;
        Id = array.Id;
    }

    private UniqueItemNode(UniqueItemNode before, byte value, byte[][] alike)
        : this(before._array, before._earlier)
    {
        _before = before;
        _byte = value;
        _length = before._length + 1;
        _alike = alike;
    }

    public override bool IsTransient => true;

    /// <summary>Adds the places where an item that is not begun may begin.</summary>
    public void Add(Continuation rest, PositionList output)
    {
        for (int i = 0; i < _array.Items.Count; i++)
        {
            if (ToEnd(_array.Items[i], 0, _alike, _length) < Lengths.Infinite)
            {
                output.Add(new Position(this, i, 0, 0, rest));
            }
        }
    }

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        ByteAutomaton automaton = Automaton(at.State);
        int state = DfaState(at.State);
        if (automaton.Accepts(state) && !IsEarlier(_alike, _length))
        {
            StepOut(at, next, output);
        }

        int target = automaton.Next(state, next);
        if (target < 0)
        {
            return;
        }

        byte[][] alike = Alike(_alike, _length, next);
        if (alike.Length == 0 || ToEnd(automaton, target, alike, _length + 1) < Lengths.Infinite)
        {
            int which = at.State % _array.Items.Count;
            output.Add(new Position(new UniqueItemNode(this, next, alike), (target * _array.Items.Count) + which, 0, 0, at.Rest));
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) =>
        Lengths.Add(Lengths.Add(1, _array.MissingAfter(_earlier.Length + 1)), ToEnd(Automaton(at.State), DfaState(at.State), _alike, _length));

    public override bool IsPlainLoop(in Position at) => Automaton(at.State).IsPlainLoop(DfaState(at.State));

    public override int ShortestValue(int budget, MinimumTable table) => Lengths.Infinite;

    private ByteAutomaton Automaton(int state) => _array.Items[state % _array.Items.Count];

    private int DfaState(int state) => state / _array.Items.Count;

    private void StepOut(in Position at, byte next, PositionList output)
    {
        int count = _earlier.Length + 1;
        if (next == ']' && count >= _array.MinItems)
        {
            Leave(at, output);
        }
        else if (next == ',' && count < _array.MaxItems)
        {
            new UniqueItemNode(_array, [.. _earlier, Text()]).Add(at.Rest, output);
        }
    }

    private byte[] Text()
    {
        var text = new byte[_length];
        for (UniqueItemNode? node = this; node?._before is not null; node = node._before)
        {
            text[node._length - 1] = node._byte;
        }

        return text;
    }

    private static bool IsEarlier(byte[][] alike, int length) => Array.Exists(alike, e => e.Length == length);

    private static byte[][] Alike(byte[][] alike, int length, byte next) =>
        alike.Length == 0 ? alike : Array.FindAll(alike, e => e.Length > length && e[length] == next);

    // The fewest bytes to the end of an item that is none of the earlier ones.
    private static int ToEnd(ByteAutomaton automaton, int state, byte[][] alike, int length)
    {
        int least = automaton.Minimum(state);
        if (alike.Length == 0 || least >= Lengths.Infinite || (automaton.Accepts(state) && !IsEarlier(alike, length)))
        {
            return least;
        }

        // Any other byte than theirs leaves the earlier ones behind; their bytes are followed only where that could be shorter.
        int best = Lengths.Infinite;
        var followed = alike.Where(e => e.Length > length).Select(e => e[length]).ToHashSet();
        for (int value = 0; value < 256; value++)
        {
            int target = automaton.Next(state, (byte)value);
            if (target >= 0 && !followed.Contains((byte)value))
            {
                best = Math.Min(best, Lengths.Add(1, automaton.Minimum(target)));
            }
        }

        foreach (byte value in followed)
        {
            int target = automaton.Next(state, value);
            if (target >= 0 && Lengths.Add(1, automaton.Minimum(target)) < best)
            {
                best = Math.Min(best, Lengths.Add(1, ToEnd(automaton, target, Alike(alike, length, value), length + 1)));
            }
        }

        return best;
    }
}
