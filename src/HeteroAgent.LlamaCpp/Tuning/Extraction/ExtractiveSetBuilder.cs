namespace HeteroAgent.LlamaCpp;

/// <summary>Makes extraction examples of requests and calls, and says which do not fit.</summary>
internal static class ExtractiveSetBuilder
{
    internal static ExtractiveSet Build(TuningSet set, WordSplitter splitter, IReadOnlyList<ClosedSlot>? known = null)
    {
        List<RejectedLine> rejected = [];
        List<RequestedCall> calls = [];
        foreach (TuningExample example in set.Examples)
        {
            Try(example.Line, rejected, () => calls.Add(RequestedCall.Read(example)));
        }

        Dictionary<RequestedCall, List<(int Start, int Length)>> words = new(ReferenceEqualityComparer.Instance);
        foreach (RequestedCall call in calls)
        {
            words[call] = splitter.Split(call.Request);
        }

        Dictionary<(string Tool, string Slot), ClosedSlot> closed = known?.ToDictionary(c => (c.Tool, c.Slot))
            ?? ClosedSlotFinder.Find(calls, (call, value) => SpanAlignment.Find(call.Request, words[call], value).Count > 0);
        List<ExtractiveExample> examples = [];
        foreach (RequestedCall call in calls)
        {
            Try(call.Example.Line, rejected, () => examples.Add(Example(call, words[call], closed)));
        }

        return ExtractiveSet.Create(examples, [.. closed.Values], [.. rejected.OrderBy(r => r.Number)], splitter);
    }

    private static ExtractiveExample Example(RequestedCall call, List<(int Start, int Length)> words, Dictionary<(string Tool, string Slot), ClosedSlot> closed)
    {
        if (words.Count == 0)
        {
            throw new FormatException("the request holds no word");
        }

        List<(string Slot, List<int> Starts, int Length)> spans = [];
        Dictionary<string, string> members = new(StringComparer.Ordinal);
        foreach ((string slot, string value) in call.Values)
        {
            if (closed.GetValueOrDefault((call.Tool, slot)) is { } set)
            {
                members[slot] = set.Members.Contains(value) ? value : throw new FormatException($"the value '{value}' of '{slot}' is none of its closed set: {string.Join(", ", set.Members.Take(8))}{(set.Members.Count > 8 ? ", …" : "")}");
                continue;
            }

            List<int> starts = SpanAlignment.Find(call.Request, words, value);
            spans.Add(starts.Count > 0 ? (slot, starts, value.Length)
                : throw new FormatException($"the value '{value}' of '{slot}' {(call.Request.Contains(value, StringComparison.OrdinalIgnoreCase) ? "starts or ends inside a word of" : "does not stand in")} the request"));
        }

        return new ExtractiveExample(call.Request, call.Tool, SpanAlignment.Assign(spans) ?? throw new FormatException("its values overlap in the request, whichever places are chosen"))
        {
            Closed = members,
            Line = call.Example.Line,
        };
    }

    private static void Try(int line, List<RejectedLine> rejected, Action read)
    {
        try
        {
            read();
        }
        catch (FormatException e)
        {
            rejected.Add(new RejectedLine(line, e.Message));
        }
    }
}
