namespace HeteroAgent.LlamaCpp;

/// <summary>A string of between <paramref name="minLength"/> and <paramref name="maxLength"/> code points, counted and not unrolled; <see cref="int.MaxValue"/> is no bound.</summary>
internal sealed class StringNode(int minLength, int maxLength) : GrammarNode
{
    /// <summary>The fewest code points.</summary>
    public int MinLength { get; } = minLength;

    /// <summary>The most code points.</summary>
    public int MaxLength { get; } = maxLength;

    /// <summary>The code points that may still follow.</summary>
    public int Left(in Position at) => MaxLength == int.MaxValue ? int.MaxValue : MaxLength - at.Count;

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        if (at.State == StringAutomaton.Start)
        {
            if (next == '"')
            {
                output.Add(new Position(this, StringAutomaton.Body, 0, 0, at.Rest));
            }

            return;
        }

        if (at.State == StringAutomaton.Body)
        {
            if (next == '"')
            {
                if (at.Count >= MinLength)
                {
                    Leave(at, output);
                }

                return;
            }

            if (at.Count >= MaxLength && MaxLength != int.MaxValue)
            {
                return;
            }
        }

        int target = StringAutomaton.Next(at.State, next);
        if (target >= 0)
        {
            output.Add(new Position(this, target, target == StringAutomaton.Body ? Counted(at.Count) : at.Count, 0, at.Rest));
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => at.State switch
    {
        StringAutomaton.Start => Lengths.Add(2, MinLength),
        StringAutomaton.Body => Lengths.Add(1, Math.Max(0, MinLength - at.Count)),
        _ => Lengths.Add(StringAutomaton.ToBody(at.State) + 1, Math.Max(0, MinLength - at.Count - 1)),
    };

    public override int ShortestValue(int budget, MinimumTable table) => Lengths.Add(2, MinLength);

    public override Position Canonical(in Position at, int maxTokenLength) =>
        at.State != StringAutomaton.Start && at.Count > MinLength && Left(at) > maxTokenLength
            ? new Position(this, at.State, MinLength, at.Extra, at.Rest)
            : at;

    // Without an upper bound the count matters only until the lower one is reached.
    private int Counted(int count) => MaxLength == int.MaxValue ? Math.Min(count + 1, MinLength) : count + 1;
}
