namespace HeteroAgent.LlamaCpp;

/// <summary>Leaves a generation free unless its first character that is no white space is a brace or bracket: then it must be a tool call.</summary>
internal sealed class TriggeredConstraint : ITokenConstraint
{
    private readonly Vocabulary _vocabulary;
    private readonly ITokenConstraint _call;
    private State _state = State.Undecided;

    internal TriggeredConstraint(Vocabulary vocabulary, ITokenConstraint call)
    {
        _vocabulary = vocabulary;
        _call = call;
    }

    private enum State
    {
        Undecided,
        Free,
        Call,
    }

    public bool IsComplete => _state != State.Call || _call.IsComplete;

    public bool MustEnd => _state == State.Call && _call.MustEnd;

    public bool IsFree => _state == State.Free;

    public bool Accepts(int token, int remainingTokens) =>
        _state == State.Call || (_state == State.Undecided && Starts(token)) ? _call.Accepts(token, remainingTokens) : !_vocabulary.IsControl(token);

    public void FillMask(Span<ulong> mask, int remainingTokens)
    {
        _call.FillMask(mask, remainingTokens);
        if (_state != State.Undecided)
        {
            return;
        }

        // The model wants to open a call: hold it to one, unless none fits into what remains.
        bool any = mask.ContainsAnyExcept(0UL);
        for (int token = 0; !any && token < _vocabulary.Count; token++)
        {
            if (_vocabulary.IsEndOfGeneration(token) || (!_vocabulary.IsControl(token) && !Starts(token)))
            {
                mask[token >> 6] |= 1UL << token;
            }
        }
    }

    public void Advance(int token)
    {
        if (_state == State.Undecided)
        {
            ReadOnlySpan<byte> text = _vocabulary.Piece(token).TrimStart(" \t\r\n"u8);
            _state = text.IsEmpty ? State.Undecided : Starts(token) ? State.Call : State.Free;
        }

        if (_state == State.Call)
        {
            _call.Advance(token);
        }
    }

    public int ForcedByte => _state == State.Call ? _call.ForcedByte : -1;

    public ITokenConstraint? Fork() => _call.Fork() is { } call ? new TriggeredConstraint(_vocabulary, call) { _state = _state } : null;

    public bool AcceptsText(ReadOnlySpan<byte> text) => _state != State.Call || _call.AcceptsText(text);

    public void AdvanceText(ReadOnlySpan<byte> text)
    {
        if (_state == State.Call)
        {
            _call.AdvanceText(text);
        }
    }

    private bool Starts(int token) => _vocabulary.Piece(token).TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
}
