namespace HeteroAgent.LlamaCpp;

/// <summary>Finds where the values of a call stand in a request, so that they cover whole words and none overlaps another.</summary>
internal static class SpanAlignment
{
    /// <summary>More tries than a request of a few dozen words can need; a text made to have millions of ways is given up instead.</summary>
    private const int MostTries = 20_000;

    /// <summary>The spans of the values, or null where no assignment is free of overlap. Every value has a place by itself.</summary>
    internal static SlotSpan[]? Assign(IReadOnlyList<(string Slot, List<int> Starts, int Length)> values)
    {
        SlotSpan[] spans = new SlotSpan[values.Count];
        if (InOrder(values, spans))
        {
            return spans;
        }

        int tries = 0;
        return Search(values, spans, 0, ref tries) ? spans : null;
    }

    /// <summary>The offsets at which a value stands as whole words; those in another case only where there are no others.</summary>
    internal static List<int> Find(string request, IReadOnlyList<(int Start, int Length)> words, string value)
    {
        HashSet<int> starts = [.. words.Select(w => w.Start)];
        HashSet<int> ends = [.. words.Select(w => w.Start + w.Length)];
        List<int> found = Find(request, value, StringComparison.Ordinal, starts, ends);
        return found.Count > 0 ? found : Find(request, value, StringComparison.OrdinalIgnoreCase, starts, ends);
    }

    /// <summary>Extends a span to the words that it touches; null where it touches none.</summary>
    internal static SlotSpan? Extend(SlotSpan span, IReadOnlyList<(int Start, int Length)> words)
    {
        int start = -1;
        int end = -1;
        foreach ((int wordStart, int length) in words)
        {
            if (wordStart < span.End && wordStart + length > span.Start)
            {
                start = start < 0 ? wordStart : start;
                end = wordStart + length;
            }
        }

        return start < 0 ? null : new SlotSpan(span.Slot, start, end - start);
    }

    internal static bool IsAligned(ExtractiveExample example, IReadOnlyList<(int Start, int Length)> words) =>
        example.Spans.All(s => Extend(s, words) == s);

    private static List<int> Find(string request, string value, StringComparison comparison, HashSet<int> starts, HashSet<int> ends)
    {
        List<int> found = [];
        for (int at = request.IndexOf(value, comparison); at >= 0; at = at + 1 < request.Length ? request.IndexOf(value, at + 1, comparison) : -1)
        {
            if (starts.Contains(at) && ends.Contains(at + value.Length))
            {
                found.Add(at);
            }
        }

        return found;
    }

    /// <summary>The leftmost assignment in the order of the arguments. Taking the first place each time leaves most room.</summary>
    private static bool InOrder(IReadOnlyList<(string Slot, List<int> Starts, int Length)> values, SlotSpan[] spans)
    {
        int free = 0;
        for (int i = 0; i < values.Count; i++)
        {
            int at = values[i].Starts.FindIndex(s => s >= free);
            if (at < 0)
            {
                return false;
            }

            spans[i] = new SlotSpan(values[i].Slot, values[i].Starts[at], values[i].Length);
            free = spans[i].End;
        }

        return true;
    }

    private static bool Search(IReadOnlyList<(string Slot, List<int> Starts, int Length)> values, SlotSpan[] spans, int at, ref int tries)
    {
        if (at == values.Count)
        {
            return true;
        }

        foreach (int start in values[at].Starts)
        {
            if (++tries > MostTries)
            {
                return false;
            }

            SlotSpan span = new(values[at].Slot, start, values[at].Length);
            if (!spans.AsSpan(0, at).ToArray().Any(s => s.Start < span.End && span.Start < s.End))
            {
                spans[at] = span;
                if (Search(values, spans, at + 1, ref tries))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
