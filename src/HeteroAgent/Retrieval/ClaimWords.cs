using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>What a text says in words: its numbers, its names, and the stems of its content words.</summary>
internal sealed partial class ClaimWords
{
    private static readonly SearchValues<char> SentenceStarts = SearchValues.Create(".!?:;\n\"“(*");

    private static readonly HashSet<string> FunctionWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being", "but", "by", "can", "could", "did", "do", "does", "during", "each", "either", "every", "for", "from",
        "had", "has", "have", "he", "her", "here", "him", "his", "how", "however", "i", "if", "in", "into", "is", "it", "its", "just", "may", "me", "might", "more", "most", "must", "my", "no", "nor", "not", "of", "on", "once", "only", "or",
        "other", "our", "out", "over", "please", "she", "should", "since", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "therefore", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up",
        "us", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "why", "will", "with", "would", "yes", "you", "your",
    };

    public ClaimWords(string text)
    {
        bool starts = true;
        int end = 0;
        foreach (Match match in Word().Matches(text))
        {
            starts |= text.AsSpan(end, match.Index - end).ContainsAny(SentenceStarts);
            end = match.Index + match.Length;
            if (char.IsDigit(match.Value[0]))
            {
                _ = Numbers.Add(Canonical(match.Value));
            }
            else if (!FunctionWords.Contains(match.Value))
            {
                string stem = Stem(match.Value);
                _ = Stems.Add(stem);

                // A capital says nothing where a sentence starts.
                if (!starts && char.IsUpper(match.Value[0]))
                {
                    Names[stem] = match.Value;
                }
            }

            starts = false;
        }
    }

    /// <summary>The numbers, written one way: 1,250.50 and 1250.5 are the same.</summary>
    public HashSet<string> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>The capitalised words inside sentences, by their stems.</summary>
    public Dictionary<string, string> Names { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Stems { get; } = new(StringComparer.Ordinal);

    private static string Canonical(string number)
    {
        string digits = number.Replace(",", "", StringComparison.Ordinal);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            ? (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : digits.ToLowerInvariant();
    }

    /// <summary>The word without the common English endings: enough to find "fees" beside "fee" and "charged" beside "charges".</summary>
    private static string Stem(string word)
    {
        string stem = word.ToLowerInvariant();
        foreach (string ending in (ReadOnlySpan<string>)["'s", "’s", "ies", "ing", "ed", "es", "s", "e", "y"])
        {
            if (stem.Length - ending.Length >= 3 && stem.EndsWith(ending, StringComparison.Ordinal) && !stem.EndsWith("ss", StringComparison.Ordinal))
            {
                return stem[..^ending.Length];
            }
        }

        return stem;
    }

    [GeneratedRegex(@"\d+(?:[.,]\d+)*|\p{L}[\p{L}\p{M}\p{Nd}]*(?:['’]\p{L}+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
