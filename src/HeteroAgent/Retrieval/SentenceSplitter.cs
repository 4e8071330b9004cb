using System.Buffers;

namespace HeteroAgent;

/// <summary>Finds the sentences of a text: a full stop that ends no abbreviation and no initial, a question or exclamation mark, or the end of a line.</summary>
internal static class SentenceSplitter
{
    private const string Closing = "\"'”’»)]}*_";

    private static readonly SearchValues<char> BeforeWord = SearchValues.Create(" \t(\"'“‘[");

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "approx", "no", "nos", "fig", "inc", "ltd", "co", "corp", "dept", "est", "art", "vol", "pp",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    /// <summary>The sentences in their order, without the white space around them.</summary>
    public static IEnumerable<TextRange> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int end = text[i] switch
            {
                '\n' or '\r' or '\u2028' or '\u2029' => i,
                '。' or '！' or '？' => AfterClosing(text, i),
                '.' or '!' or '?' or '…' => EndsHere(text, start, i),
                _ => -1,
            };
            if (end < 0)
            {
                continue;
            }

            if (Trimmed(text, start, end) is { Length: > 0 } sentence)
            {
                yield return sentence;
            }

            start = end;
            i = Math.Max(i, end - 1);
        }

        if (Trimmed(text, start, text.Length) is { Length: > 0 } last)
        {
            yield return last;
        }
    }

    private static int EndsHere(string text, int start, int mark)
    {
        int end = AfterClosing(text, mark);
        if (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            return -1;
        }

        int next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        if (next == text.Length)
        {
            return end;
        }

        if (text[mark] is '.' or '…' && char.IsLower(text[next]))
        {
            return -1;
        }

        return text[mark] == '.' && IsAbbreviation(text.AsSpan(start, mark - start)) ? -1 : end;
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        int word = before.LastIndexOfAny(BeforeWord) + 1;
        ReadOnlySpan<char> last = before[word..];
        return (last.Length == 1 && char.IsLetter(last[0]) && last[0] != 'I')
            || (last.Length == 1 && word == 0 && char.IsDigit(last[0]))
            || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(last);
    }

    private static int AfterClosing(string text, int mark)
    {
        int end = mark + 1;
        while (end < text.Length && (text[end] is '.' or '!' or '?' or '…' || Closing.Contains(text[end])))
        {
            end++;
        }

        return end;
    }

    private static TextRange Trimmed(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return new(start, end);
    }
}
