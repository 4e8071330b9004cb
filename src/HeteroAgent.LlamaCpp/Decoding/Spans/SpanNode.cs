namespace HeteroAgent.LlamaCpp;

/// <summary>
/// A string whose value occurs in the span source, word by word. The place is an interval of the source's ordered word starts
/// and a length. The empty string is allowed only where the source offers no span at all and no character is required.
/// </summary>
internal sealed class SpanNode(int minLength, int maxLength) : GrammarNode
{
    // The state is the interval's low end, the count its high end; the extra holds the length in bytes and the place in an escape.
    private const int Started = 1;
    private const int Backslash = 2;
    private const int U = 3;
    private const int U0 = 4;
    private const int U00 = 5;
    private const int U000 = 6;
    private const int U001 = 7;
    private const int PhaseBits = 3;
    private const int PhaseMask = (1 << PhaseBits) - 1;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        SpanIndex spans = context.Spans;
        int phase = at.Extra & PhaseMask;
        int length = at.Extra >> PhaseBits;
        switch (phase)
        {
            case 0:
                if (next == '"')
                {
                    output.Add(Place(at, 0, spans.Count, 0, Started));
                }

                break;
            case Started when next == '"':
                if (length == 0 ? IsEmptyAllowed(spans) : spans.CanEnd(at.State, at.Count, length, minLength, maxLength))
                {
                    Leave(at, output);
                }

                break;
            case Started when next != '\\':
                if (next >= 0x20)
                {
                    Narrow(at, next, length, spans, output);
                }

                break;
            default:
                StepEscape(at, phase, next, length, spans, output);
                break;
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context)
    {
        int phase = at.Extra & PhaseMask;
        int length = at.Extra >> PhaseBits;
        SpanIndex spans = context.Spans;
        if (phase <= Started)
        {
            int low = phase == 0 ? 0 : at.State;
            int high = phase == 0 ? spans.Count : at.Count;
            int inside = length == 0 && IsEmptyAllowed(spans) ? 0 : spans.Minimum(low, high, length, minLength, maxLength);
            return Lengths.Add(inside, phase == 0 ? 2 : 1);
        }

        int least = Lengths.Infinite;
        foreach (byte character in JsonText.Escaped)
        {
            (int low, int high) = spans.Narrow(at.State, at.Count, length, character);
            int read = JsonText.EscapeProgress(character, phase);
            if (low < high && read > 0)
            {
                int after = spans.Minimum(low, high, length + 1, minLength, maxLength);
                least = Math.Min(least, Lengths.Add(after, JsonText.WrittenLength(character) - read + 1));
            }
        }

        return least;
    }

    public override int ShortestValue(int budget, MinimumTable table)
    {
        SpanIndex? spans = table.Spans;
        return spans is null ? 2 + minLength
            : IsEmptyAllowed(spans) ? 2
            : Lengths.Add(2, spans.Minimum(0, spans.Count, 0, minLength, maxLength));
    }

    private bool IsEmptyAllowed(SpanIndex spans) =>
        minLength == 0 && spans.Minimum(0, spans.Count, 0, minLength, maxLength) >= Lengths.Infinite;

    private void StepEscape(in Position at, int phase, byte next, int length, SpanIndex spans, PositionList output)
    {
        if (phase == Started)
        {
            Escape(at, Backslash, length, spans, output);
            return;
        }

        foreach (byte character in JsonText.Escaped)
        {
            ReadOnlySpan<byte> written = JsonText.Escape(character);
            int read = JsonText.EscapeProgress(character, phase);
            if (read > 0 && written[read] == next && read + 1 == written.Length)
            {
                Narrow(at, character, length, spans, output);
                return;
            }
        }

        int target = (phase, next) switch
        {
            (Backslash, (byte)'u') => U,
            (U, (byte)'0') => U0,
            (U0, (byte)'0') => U00,
            (U00, (byte)'0') => U000,
            (U00, (byte)'1') => U001,
            _ => 0,
        };
        if (target != 0)
        {
            Escape(at, target, length, spans, output);
        }
    }

    // Goes on inside an escape if some place continues with a character that is written so.
    private void Escape(in Position at, int phase, int length, SpanIndex spans, PositionList output)
    {
        foreach (byte character in JsonText.Escaped)
        {
            if (JsonText.EscapeProgress(character, phase) > 0)
            {
                (int low, int high) = spans.Narrow(at.State, at.Count, length, character);
                if (low < high && spans.Minimum(low, high, length + 1, minLength, maxLength) < Lengths.Infinite)
                {
                    output.Add(Place(at, at.State, at.Count, length, phase));
                    return;
                }
            }
        }
    }

    private void Narrow(in Position at, byte next, int length, SpanIndex spans, PositionList output)
    {
        (int low, int high) = spans.Narrow(at.State, at.Count, length, next);
        if (low < high && spans.Minimum(low, high, length + 1, minLength, maxLength) < Lengths.Infinite)
        {
            output.Add(Place(at, low, high, length + 1, Started));
        }
    }

    private Position Place(in Position at, int low, int high, int length, int phase) =>
        new(this, low, high, (length << PhaseBits) | phase, at.Rest);
}
