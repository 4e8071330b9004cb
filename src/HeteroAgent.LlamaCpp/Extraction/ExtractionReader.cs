namespace HeteroAgent.LlamaCpp;

/// <summary>Turns the labels of a request's words, and the members of closed sets, into a call.</summary>
internal static class ExtractionReader
{
    internal static Extraction Read(ExtractionRequest request, JointDecoder.Result call, LabelScores scores, ExtractionSchema schema)
    {
        string tool = schema.Tools[call.Tool].Name;
        List<ExtractedSpan> spans = [];
        List<TokenLogprob> labels = new(call.Labels.Length + 1) { new TokenLogprob(call.Tool, tool, scores.Tools[call.Tool]) };
        for (int word = 0; word < call.Labels.Length; word++)
        {
            int label = call.Labels[word];
            double logprob = scores.Word(word)[label];
            labels.Add(new TokenLogprob(label, LabelName(label, schema), logprob));
            (int start, int length) = request.Words[word];
            if (label >= ExtractionSchema.FirstSlot)
            {
                spans.Add(new ExtractedSpan(schema.Slots[label - ExtractionSchema.FirstSlot], "", start, length, logprob));
            }
            else if (label == ExtractionSchema.Inside)
            {
                ExtractedSpan open = spans[^1];
                spans[^1] = open with { Length = start + length - open.Start, Logprob = open.Logprob + logprob };
            }
        }

        List<ClosedValue> closed = [];
        for (int i = 0; i < call.Closed.Length; i++)
        {
            int number = schema.ClosedOfTool[call.Tool][i];
            ClosedSlot slot = schema.Closed[number];
            int member = call.Closed[i];
            double logprob = scores.Closed(number)[member];
            labels.Add(new TokenLogprob(member, $"{slot.Slot}={(member == 0 ? ClosedSlot.NoneToken : slot.Members[member - 1])}", logprob));
            if (member > 0)
            {
                closed.Add(new ClosedValue(slot.Slot, slot.Members[member - 1], logprob));
            }
        }

        return new Extraction(
            request.Text,
            tool,
            [.. spans.Select(s => s with { Value = request.Text.Substring(s.Start, s.Length) })],
            labels,
            request.Encoded.Sum(e => e.Tokens.Length))
        {
            Closed = closed,
        };
    }

    private static string LabelName(int label, ExtractionSchema schema) => label switch
    {
        ExtractionSchema.Outside => "O",
        ExtractionSchema.Inside => "I",
        _ => schema.Slots[label - ExtractionSchema.FirstSlot],
    };
}
