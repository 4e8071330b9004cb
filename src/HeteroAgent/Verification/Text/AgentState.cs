namespace HeteroAgent;

/// <summary>Follows an agent's calls, results and answers through a trace.</summary>
internal static class AgentState
{
    private const int Reach = 20;

    /// <summary>One state a step, or <see langword="null"/> where no step uses a tool.</summary>
    public static AgentStep[]? Of(QuestionText question, IReadOnlyList<TextView> steps, bool complete)
    {
        if (!steps.Any(static s => s.Tools is not null))
        {
            return null;
        }

        var states = new AgentStep[steps.Count];
        HashSet<string> found = [], called = [], documents = new(StringComparer.Ordinal), texts = new(StringComparer.OrdinalIgnoreCase), covered = [];
        List<HashSet<string>> earlier = [];
        HashSet<string> lastResult = [];
        List<string> results = [];
        HashSet<string> asked = question.View.Content;
        int calls = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            TextView view = steps[i];
            ToolExchange? tools = view.Tools;
            HashSet<string> words = tools?.CallWords ?? [];
            HashSet<string> answer = Answer(view, complete && i == steps.Count - 1);
            HashSet<string> names = Names(view.Raw);
            names.ExceptWith(asked);
            float overlap = float.NaN;
            foreach (HashSet<string> other in earlier.Skip(Math.Max(0, earlier.Count - Reach)))
            {
                float j = Overlap.Jaccard(words, other);
                overlap = float.IsNaN(overlap) ? j : Math.Max(overlap, j);
            }

            bool repeats = false;
            foreach (string call in tools?.Calls ?? [])
            {
                repeats |= !texts.Add(call.Trim());
            }

            float callCovered = words.Count == 0 ? float.NaN : (float)words.Count(w => asked.Contains(w) || found.Contains(w)) / words.Count;
            int before = covered.Count;
            covered.UnionWith(asked.Where(w => tools is not null && tools.ResultWords.Contains(w)));
            int fresh = tools?.Documents.Count(documents.Add) ?? 0;
            states[i] = new AgentStep
            {
                CallsBefore = calls,
                RepeatsCall = repeats,
                CallOverlap = overlap,
                OverlapWithPrevious = earlier.Count == 0 ? float.NaN : Overlap.Jaccard(words, earlier[^1]),
                NewCallWords = 1 - Overlap.Covered(words, called),
                CallCovered = callCovered,
                NewDocuments = fresh,
                Covered = asked.Count == 0 ? float.NaN : (float)covered.Count / asked.Count,
                NewlyCovered = asked.Count == 0 ? float.NaN : (float)(covered.Count - before) / asked.Count,
                Fails = tools is not null && Fails(tools.Results),
                Admits = Admits(view.Raw),
                Answer = answer,
                AnswerGrounded = Overlap.Covered(answer, found),
                AnswerInLastResult = Overlap.Covered(answer, lastResult),
                AnswerFrequency = answer.Count == 0 ? float.NaN : Frequency(view, results),
                SpokenGrounded = view.Content.Count == 0 ? float.NaN : (float)view.Content.Count(w => asked.Contains(w) || found.Contains(w)) / view.Content.Count,
                SpokenNames = names.Count,
                SpokenNamesGrounded = Overlap.Covered(names, found),
            };

            calls += tools?.Calls.Count ?? 0;
            if (tools is not null)
            {
                found.UnionWith(tools.ResultWords);
                called.UnionWith(words);
                lastResult = tools.ResultWords;
                results.Add(tools.Results);
                if (words.Count > 0)
                {
                    earlier.Add(words);
                }
            }
        }

        return states;
    }

    /// <summary>The stems of the words that begin with a capital inside a sentence.</summary>
    public static HashSet<string> Names(string text)
    {
        HashSet<string> names = [];
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsUpper(text[i]) && (text[i - 1] is ' ' or '"' or '(' or '-') && (i < 2 || text[i - 2] is not ('.' or '!' or '?' or ':')))
            {
                int end = i;
                while (end < text.Length && end - i < 40 && char.IsLetterOrDigit(text[end]))
                {
                    end++;
                }

                if (end - i > 1)
                {
                    string word = text[i..end].ToLowerInvariant();
                    if (StopWords.IsContent(word))
                    {
                        _ = names.Add(StopWords.Stem(word));
                    }
                }
            }
        }

        return names;
    }

    private static HashSet<string> Answer(TextView view, bool last)
    {
        string? stated = FinalAnswer.Find(view.Raw);
        if (stated is null && last && view.Tools is not { Calls.Count: > 0 })
        {
            stated = view.Raw;
        }

        HashSet<string> words = [];
        foreach (string word in stated is null ? [] : Words.Read(stated))
        {
            if (StopWords.IsContent(word) || char.IsAsciiDigit(word[0]))
            {
                _ = words.Add(StopWords.Stem(word));
            }
        }

        return words;
    }

    private static float Frequency(TextView view, List<string> results)
    {
        string? stated = FinalAnswer.Find(view.Raw);
        if (string.IsNullOrWhiteSpace(stated))
        {
            return float.NaN;
        }

        int count = 0;
        foreach (string result in results)
        {
            for (int at = result.IndexOf(stated, StringComparison.OrdinalIgnoreCase); at >= 0 && count < 100; at = result.IndexOf(stated, at + stated.Length, StringComparison.OrdinalIgnoreCase))
            {
                count++;
            }
        }

        return (float)Math.Log10(1 + count);
    }

    private static bool Fails(string results) => results.Length < 40
        || (results.Length < 400 && (results.Contains("error", StringComparison.OrdinalIgnoreCase) || results.Contains("not found", StringComparison.OrdinalIgnoreCase) || results.Contains("no result", StringComparison.OrdinalIgnoreCase)));

    private static bool Admits(string text) =>
        text.Contains("not found", StringComparison.OrdinalIgnoreCase) || text.Contains("could not", StringComparison.OrdinalIgnoreCase) || text.Contains("couldn't", StringComparison.OrdinalIgnoreCase)
        || text.Contains("no information", StringComparison.OrdinalIgnoreCase) || text.Contains("unable to", StringComparison.OrdinalIgnoreCase) || text.Contains("does not mention", StringComparison.OrdinalIgnoreCase)
        || text.Contains("not explicitly", StringComparison.OrdinalIgnoreCase) || text.Contains("don't know", StringComparison.OrdinalIgnoreCase) || text.Contains("unknown", StringComparison.OrdinalIgnoreCase);
}
