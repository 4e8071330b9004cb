namespace HeteroAgent;

/// <summary>Cuts what is looked for into parts of the length of a passage, since an embedding model reads only so much at once.</summary>
internal static class QueryParts
{
    private const int LongestPart = 1000;

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

    /// <summary>The parts in the order of the query, at most the given number, spread over it.</summary>
    public static IReadOnlyList<string> Split(string query, int most)
    {
        string[] parts = [.. new PassageChunker { MaxLength = LongestPart, Overlap = 0 }.Split(new("query", "", query)).Select(static p => p.Text).Where(HasWord)];
        return parts.Length <= most ? parts : [.. Enumerable.Range(0, most).Select(i => parts[(int)((long)i * parts.Length / most)])];
    }
}
