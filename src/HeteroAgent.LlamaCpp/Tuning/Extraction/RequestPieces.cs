using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>A request taken apart into its values and what stands between them.</summary>
internal sealed class RequestPieces(IReadOnlyList<(string Text, string? Slot)> pieces)
{
    /// <summary>The pieces in their order; those without a slot are between values.</summary>
    internal IReadOnlyList<(string Text, string? Slot)> Pieces => pieces;

    internal static RequestPieces Of(ExtractiveExample example)
    {
        List<(string, string?)> pieces = [];
        int at = 0;
        foreach (SlotSpan span in example.Spans)
        {
            if (span.Start > at)
            {
                pieces.Add((example.Request[at..span.Start], null));
            }

            pieces.Add((example.Value(span), span.Slot));
            at = span.End;
        }

        if (at < example.Request.Length)
        {
            pieces.Add((example.Request[at..], null));
        }

        return new RequestPieces(pieces);
    }

    /// <summary>The pieces put together as an example like another; that other one where a value would share a word with its surroundings or nothing would be left.</summary>
    internal ExtractiveExample Compose(ExtractiveExample like, WordSplitter splitter)
    {
        StringBuilder request = new();
        List<SlotSpan> spans = [];
        foreach ((string text, string? slot) in pieces)
        {
            if (slot is not null)
            {
                spans.Add(new SlotSpan(slot, request.Length, text.Length));
            }

            request.Append(text);
        }

        List<(int Start, int Length)> words = splitter.Split(request.ToString());
        if (words.Count == 0)
        {
            return like;
        }

        ExtractiveExample composed = new(request.ToString(), like.Tool, spans) { Closed = like.Closed, Line = like.Line };
        return SpanAlignment.IsAligned(composed, words) ? composed : like;
    }
}
