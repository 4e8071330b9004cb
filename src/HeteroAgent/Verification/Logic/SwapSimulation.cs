namespace HeteroAgent;

/// <summary>Follows swaps such as <c>Alice and Bob swap books</c> exactly, and compares what the steps say: <c>Alice: Ulysses, Bob: Emma</c>.</summary>
/// <remarks>Holders are known by their initial, as steps often shorten their names so; where two share one nothing is simulated.</remarks>
internal static class SwapSimulation
{
    private const int MostSwaps = 200;

    /// <summary>One state a step, or <see langword="null"/> where the question tells of no swaps or cannot be followed.</summary>
    public static SwapState[]? Of(string question, TextView view, IReadOnlyList<TextView> steps)
    {
        List<(char A, char B)> swaps = Swaps(view.Words[Math.Max(0, view.Words.IndexOf("first"))..]);
        if (swaps.Count is 0 or > MostSwaps)
        {
            return null;
        }

        int options = question.IndexOf("Options:", StringComparison.Ordinal);
        string story = options < 0 ? question : question[..options];
        Dictionary<char, string>? state = null;
        var states = new SwapState[steps.Count];
        int swap = 0, before = 0;
        char asked = Asked(story);
        for (int i = 0; i < steps.Count; i++)
        {
            List<(char Holder, string Thing)> pairs = Pairs(steps[i].Raw);
            if (state is null)
            {
                // The first list is the beginning, unless the step itself tells of a swap.
                if (pairs.Count < 2 || Swaps(steps[i].Words).Count > 0)
                {
                    return null;
                }

                state = [];
                foreach ((char holder, string thing) in pairs)
                {
                    if (!story.Contains(thing, StringComparison.OrdinalIgnoreCase) || !state.TryAdd(holder, thing))
                    {
                        return null;
                    }
                }

                states[i] = new SwapState { Pairs = pairs.Count };
                continue;
            }

            if (pairs.Count > 0 && swap < swaps.Count)
            {
                (char a, char b) = swaps[swap++];
                if (!state.TryGetValue(a, out string? first) || !state.TryGetValue(b, out string? second))
                {
                    return null;
                }

                (state[a], state[b]) = (second, first);
            }

            int wrong = 0;
            string? reason = null;
            HashSet<string> things = new(StringComparer.OrdinalIgnoreCase);
            bool doubled = false;
            foreach ((char holder, string thing) in pairs)
            {
                doubled |= !things.Add(thing);
                if (state.TryGetValue(holder, out string? held) && !Same(thing, held))
                {
                    wrong++;
                    reason ??= $"after swap {swap} {holder} holds {held}, not {thing}";
                }
            }

            bool? chooses = swap == swaps.Count && options >= 0 && state.TryGetValue(asked, out string? final) ? Choice(question[options..], steps[i].Raw, final) : null;
            states[i] = new SwapState { Pairs = pairs.Count, Wrong = wrong, WrongBefore = before, IsDoubled = doubled, Reason = reason, ChoosesWrong = chooses };
            before += wrong;
        }

        return state is null ? null : states;
    }

    private static List<(char A, char B)> Swaps(List<string> words)
    {
        List<(char, char)> swaps = [];
        for (int i = 3; i < words.Count; i++)
        {
            if (words[i] is "swap" or "trade" or "switch" or "swaps" or "trades" && words[i - 2] == "and" && words[i - 3].Length > 1 && words[i - 1].Length > 1 && words[i - 3][0] != words[i - 1][0] && !StopWords.Contains(words[i - 3]))
            {
                swaps.Add((char.ToUpperInvariant(words[i - 3][0]), char.ToUpperInvariant(words[i - 1][0])));
            }
        }

        return swaps;
    }

    // "Alice: Moby Dick, B: Ulysses."
    private static List<(char Holder, string Thing)> Pairs(string text)
    {
        List<(char, string)> pairs = [];
        for (int colon = text.IndexOf(':', StringComparison.Ordinal); colon >= 0; colon = text.IndexOf(':', colon + 1))
        {
            int start = colon;
            while (start > 0 && char.IsLetter(text[start - 1]))
            {
                start--;
            }

            int end = colon + 1;
            while (end < text.Length && text[end] is not (',' or '.' or '\n' or ';' or ':') && !text.AsSpan(end).StartsWith(" So "))
            {
                end++;
            }

            // "swap: Alice: …": what stands before another colon is no thing, and a holder is written with a capital.
            if (start < colon && char.IsUpper(text[start]) && (end == text.Length || text[end] != ':'))
            {
                string thing = text[(colon + 1)..end].Trim();
                thing = thing.StartsWith("the ", StringComparison.Ordinal) ? thing[4..] : thing;
                if (thing.Length > 0)
                {
                    pairs.Add((text[start], thing));
                }
            }
        }

        return pairs;
    }

    // The holder named last before the options.
    private static char Asked(string story)
    {
        for (int i = story.Length - 1; i > 0; i--)
        {
            if (char.IsUpper(story[i]) && story[i - 1] == ' ' && i + 1 < story.Length && char.IsLower(story[i + 1]))
            {
                return story[i];
            }
        }

        return '\0';
    }

    private static bool? Choice(string options, string step, string thing)
    {
        int at = step.IndexOf("answer is (", StringComparison.Ordinal);
        if (at < 0 || at + 11 >= step.Length)
        {
            return null;
        }

        int option = options.IndexOf($"({step[at + 11]})", StringComparison.Ordinal);
        if (option < 0)
        {
            return null;
        }

        int end = options.IndexOf('\n', option);
        return !options[option..(end < 0 ? options.Length : end)].Contains(thing, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Same(string a, string b) => a.Contains(b, StringComparison.OrdinalIgnoreCase) || b.Contains(a, StringComparison.OrdinalIgnoreCase);
}
