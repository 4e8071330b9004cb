namespace HeteroAgent;

/// <summary>Splits what is looked for into parts that are looked for one by one: a long request asks for several things, and one vector or one bag of words blurs them.</summary>
internal static class QueryParts
{
    private const int LongestPart = 500;
    private const int ShortestPart = 25;

    /// <summary>Whether a text has a letter or a digit, so that something can be looked for.</summary>
    public static bool HasWord(string text)
    {
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The parts in the order of the query, none twice: its sentences, a very short one with the next, a very long one cut. At most the given number, spread over the query.</summary>
    public static IReadOnlyList<string> Split(string query, int most)
    {
        List<string> parts = [];
        int open = -1;
        foreach (TextRange sentence in SentenceSplitter.Split(query))
        {
            open = open < 0 ? sentence.Start : open;
            if (sentence.End - open >= ShortestPart)
            {
                Add(query[open..sentence.End]);
                open = -1;
            }
        }

        if (open >= 0)
        {
            Add(query[open..].Trim());
        }

        parts = [.. parts.Distinct(StringComparer.Ordinal)];
        return parts.Count <= most ? parts : [.. Enumerable.Range(0, most).Select(i => parts[(int)((long)i * parts.Count / most)])];

        void Add(string part)
        {
            if (part.Length <= LongestPart)
            {
                if (HasWord(part))
                {
                    parts.Add(part);
                }
            }
            else
            {
                parts.AddRange(new PassageChunker { MaxLength = LongestPart, Overlap = 0 }.Split(new("query", "", part)).Select(static p => p.Text).Where(HasWord));
            }
        }
    }
}
