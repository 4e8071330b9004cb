using System.Globalization;
using System.Text;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>The words of a query, each as often as it stands there: what a long request says again and again is what it is about. English function words are left out where other words are left.</summary>
internal static class QueryWords
{
    // Nobody asks that much, and every word costs a look into the index.
    private const int LongestQuery = 100_000;

    private static readonly HashSet<string> FunctionWords = [.. Split(string.Join(' ', ClaimTerms.FunctionWords))];

    /// <summary>The words as operands of FTS5, quoted, so that no syntax is left in them.</summary>
    public static Dictionary<string, int> Count(string query)
    {
        List<string> words = Split(query.Length > LongestQuery ? query[..LongestQuery] : query);
        List<string> content = [.. words.Where(static w => !FunctionWords.Contains(w))];
        return (content.Count > 0 ? content : words).CountBy(static w => $"\"{w}\"").ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The words as FTS5's unicode61 sees them, in lower case.</summary>
    private static List<string> Split(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || (word.Length > 0 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
            {
                _ = word.Append(rune.ToString());
            }
            else
            {
                Flush();
            }
        }

        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString().ToLowerInvariant());
                _ = word.Clear();
            }
        }
    }
}
