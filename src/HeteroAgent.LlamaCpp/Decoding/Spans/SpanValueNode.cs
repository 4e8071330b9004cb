using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>A number, date or time that is written in the span source, in its normal form: a choice between the values found there. Nothing where none is found.</summary>
/// <param name="kind">What is looked for.</param>
/// <param name="accepts">What else a value must satisfy, asked with its JSON text; null for nothing.</param>
internal sealed class SpanValueNode(SpanValueKind kind, Func<string, bool>? accepts = null) : GrammarNode
{
    /// <summary>The JSON texts of the values in a source, in its order, each once.</summary>
    public IReadOnlyList<byte[]> Literals(string source)
    {
        bool quoted = kind is not (SpanValueKind.Number or SpanValueKind.Integer);
        return [.. SpanValues.Texts(kind, source).Select(v => quoted ? $"\"{v}\"" : v).Where(v => accepts?.Invoke(v) ?? true).Select(Encoding.ASCII.GetBytes)];
    }

    public override void Step(in Position at, byte next, GrammarContext context, PositionList output)
    {
        ByteAutomaton values = context.Spans.Values(this);

        // One number may be the beginning of another, and then end before a byte that belongs to what follows.
        if (CanEnd(at))
        {
            foreach (ref readonly Position position in at.Rest.Positions)
            {
                position.Node.Step(position, next, context, output);
            }
        }

        int target = values.Next(at.State, next);
        if (target < 0)
        {
            return;
        }

        if (values.IsFinal(target))
        {
            Leave(at, output);
        }
        else
        {
            output.Add(new Position(this, target, values.Accepts(target) ? 1 : 0, 0, at.Rest));
        }
    }

    public override int MinimumOwn(in Position at, GrammarContext context) => context.Spans.Values(this).Minimum(at.State);

    public override int ShortestValue(int budget, MinimumTable table) => table.Spans?.Values(this).Minimum(0) ?? 1;

    // The count says whether the state is one in which the value may end.
    public override bool CanEnd(in Position at) => at.Count == 1;
}
