namespace HeteroAgent;

/// <summary>The tool calls of an agent's step and what came back, written as <c>&lt;tool_call&gt;…&lt;/tool_call&gt;</c> and <c>&lt;tool_response&gt;…&lt;/tool_response&gt;</c>.</summary>
internal sealed class ToolExchange
{
    private const int LongestKey = 80;

    private ToolExchange(string spoken, List<string> calls, string results)
    {
        Spoken = spoken;
        Calls = calls;
        Results = results;
        foreach (string call in calls)
        {
            foreach (string word in Words.Read(call))
            {
                if (StopWords.IsContent(word) && word is not ("query_list" or "query" or "search" or "list"))
                {
                    _ = CallWords.Add(StopWords.Stem(word));
                }
            }
        }

        foreach (string word in Words.Read(results))
        {
            if (StopWords.IsContent(word) || char.IsAsciiDigit(word[0]))
            {
                _ = ResultWords.Add(StopWords.Stem(word));
            }
        }

        Documents = Keys(results);
    }

    /// <summary>What the agent said itself.</summary>
    public string Spoken { get; }

    /// <summary>The text of each call.</summary>
    public List<string> Calls { get; }

    /// <summary>All that the tools returned.</summary>
    public string Results { get; }

    /// <summary>The stems of the words of content in the calls.</summary>
    public HashSet<string> CallWords { get; } = [];

    /// <summary>The stems of the words of content, and the numbers, in what came back.</summary>
    public HashSet<string> ResultWords { get; } = [];

    /// <summary>The beginning of each document that came back.</summary>
    public List<string> Documents { get; }

    /// <summary>Reads a step, or returns <see langword="null"/> where no tool takes part in it.</summary>
    public static ToolExchange? Read(string raw)
    {
        if (!raw.Contains("<tool_", StringComparison.Ordinal))
        {
            return null;
        }

        List<string> calls = [];
        System.Text.StringBuilder results = new(), spoken = new();
        int at = 0;
        while (at < raw.Length)
        {
            int tag = raw.IndexOf("<tool_", at, StringComparison.Ordinal);
            if (tag < 0)
            {
                break;
            }

            _ = spoken.Append(raw, at, tag - at);
            bool call = raw.AsSpan(tag).StartsWith("<tool_call>");
            bool response = raw.AsSpan(tag).StartsWith("<tool_response>");
            if (!call && !response)
            {
                _ = spoken.Append("<tool_");
                at = tag + "<tool_".Length;
                continue;
            }

            int start = raw.IndexOf('>', tag) + 1;
            int end = raw.IndexOf(call ? "</tool_call>" : "</tool_response>", start, StringComparison.Ordinal);
            int stop = end < 0 ? raw.Length : end;
            if (call)
            {
                calls.Add(raw[start..stop]);
            }
            else
            {
                _ = results.Append(raw, start, stop - start).Append('\n');
            }

            at = end < 0 ? raw.Length : raw.IndexOf('>', end) + 1;
        }

        _ = spoken.Append(raw, at, raw.Length - at);
        return new ToolExchange(spoken.ToString(), calls, results.ToString());
    }

    private static List<string> Keys(string results)
    {
        const string Mark = "\"contents\": \"";
        List<string> keys = [];
        for (int at = results.IndexOf(Mark, StringComparison.Ordinal); at >= 0; at = results.IndexOf(Mark, at, StringComparison.Ordinal))
        {
            at += Mark.Length;
            keys.Add(results.Substring(at, Math.Min(LongestKey, results.Length - at)));
        }

        return keys;
    }
}
