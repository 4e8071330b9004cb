namespace HeteroAgent.LlamaCpp;

/// <summary>Turns the labels of a request's words into a call.</summary>
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

        return new Extraction(
            request.Text,
            tool,
            [.. spans.Select(s => s with { Value = request.Text.Substring(s.Start, s.Length) })],
            labels,
            request.Encoded.Sum(e => e.Tokens.Length));
    }

    private static string LabelName(int label, ExtractionSchema schema) => label switch
    {
        ExtractionSchema.Outside => "O",
        ExtractionSchema.Inside => "I",
        _ => schema.Slots[label - ExtractionSchema.FirstSlot],
    };
}
