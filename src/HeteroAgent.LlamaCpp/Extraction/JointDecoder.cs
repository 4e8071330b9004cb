using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Finds the tool, labels and members of closed sets with the highest sum of log-probabilities among those that make a call: a beam search over the words for each likely tool.</summary>
internal static class JointDecoder
{
    private const int BeamWidth = 12;

    /// <summary>A tool below this log-probability is not tried, unless it is the likeliest one allowed.</summary>
    private const float ToolFloor = -7;

    /// <summary>The best call: its tool, a label for each word (see <see cref="ExtractionSchema"/>), for each closed slot of the tool the number of its member, from 1, or 0 for none, and the sum of the log-probabilities.</summary>
    internal sealed record Result(int Tool, int[] Labels, int[] Closed, double Logprob);

    internal static Result Decode(LabelScores scores, ExtractionSchema schema, ReadOnlySpan<int> allowed)
    {
        float likeliest = float.NegativeInfinity;
        foreach (int tool in allowed)
        {
            likeliest = Math.Max(likeliest, scores.Tools[tool]);
        }

        Result? best = null;
        foreach (int tool in allowed)
        {
            // A call is at most as likely as its tool, which would take labels that are all certain.
            if (scores.Tools[tool] < Math.Min(ToolFloor, likeliest) || scores.Tools[tool] <= best?.Logprob)
            {
                continue;
            }

            // The values of closed sets depend on no label, so the likeliest of each is that of the likeliest call.
            int[] closed = scores.HasClosed ? [.. schema.ClosedOfTool[tool].Select(c => TensorPrimitives.IndexOfMax(scores.Closed(c)))] : [];
            double logprob = scores.Tools[tool] + closed.Select((member, i) => (double)scores.Closed(schema.ClosedOfTool[tool][i])[member]).Sum();
            Result result = Search(scores, schema.SlotsOfTool[tool], tool, closed, logprob);
            best = best is null || result.Logprob > best.Logprob ? result : best;
        }

        return best ?? throw new ArgumentException("No tool is allowed.", nameof(allowed));
    }

    private static Result Search(LabelScores scores, int[] slots, int tool, int[] closed, double logprob)
    {
        Span<Hypothesis> beam = stackalloc Hypothesis[BeamWidth];
        Span<Hypothesis> next = stackalloc Hypothesis[BeamWidth];
        (int Parent, int Label)[] steps = new (int, int)[scores.Words * BeamWidth];
        beam[0] = new Hypothesis(logprob, 0, InSlot: false, 0, 0);
        int count = 1;
        for (int word = 0; word < scores.Words; word++)
        {
            ReadOnlySpan<float> labels = scores.Word(word);
            int found = 0;
            for (int i = 0; i < count; i++)
            {
                Hypothesis h = beam[i];
                Offer(next, ref found, new Hypothesis(h.Score + labels[ExtractionSchema.Outside], h.Used, InSlot: false, i, ExtractionSchema.Outside));
                if (h.InSlot)
                {
                    Offer(next, ref found, new Hypothesis(h.Score + labels[ExtractionSchema.Inside], h.Used, InSlot: true, i, ExtractionSchema.Inside));
                }

                for (int s = 0; s < slots.Length; s++)
                {
                    ulong bit = 1UL << s;
                    if ((h.Used & bit) == 0)
                    {
                        int label = ExtractionSchema.FirstSlot + slots[s];
                        Offer(next, ref found, new Hypothesis(h.Score + labels[label], h.Used | bit, InSlot: true, i, label));
                    }
                }
            }

            for (int i = 0; i < found; i++)
            {
                steps[(word * BeamWidth) + i] = (next[i].Parent, next[i].Label);
            }

            Span<Hypothesis> old = beam;
            beam = next;
            next = old;
            count = found;
        }

        int[] path = new int[scores.Words];
        for (int word = path.Length - 1, i = 0; word >= 0; word--)
        {
            (i, path[word]) = steps[(word * BeamWidth) + i];
        }

        return new Result(tool, path, closed, beam[0].Score);
    }

    /// <summary>Keeps a hypothesis if it is among the best, best first; of two equal ones the earlier stays.</summary>
    private static void Offer(Span<Hypothesis> beam, ref int count, in Hypothesis offered)
    {
        if (count == BeamWidth && offered.Score <= beam[BeamWidth - 1].Score)
        {
            return;
        }

        int at = count < BeamWidth ? count++ : BeamWidth - 1;
        while (at > 0 && beam[at - 1].Score < offered.Score)
        {
            beam[at] = beam[at - 1];
            at--;
        }

        beam[at] = offered;
    }

    private readonly record struct Hypothesis(double Score, ulong Used, bool InSlot, int Parent, int Label);
}
