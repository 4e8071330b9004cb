using System.Text;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>
/// Texts as the server's parser gets them. What it takes for a letter, and which letters it folds, depends on the database's locale (with C, a dash belongs to a word and no Ä is folded);
/// so capitals are folded here, and what is neither letter nor digit beyond ASCII becomes a space.
/// </summary>
internal static class SearchText
{
    public static string Of(string text)
    {
        string folded = text.ToLowerInvariant();
        if (Ascii.IsValid(folded) && !folded.Contains('\0', StringComparison.Ordinal))
        {
            return folded;
        }

        StringBuilder result = new(folded.Length);
        foreach (Rune rune in folded.EnumerateRunes())
        {
            _ = rune.Value is '\u2019' ? result.Append('\'')
                : rune.Value == 0 || (!rune.IsAscii && !Rune.IsLetterOrDigit(rune) && !IsMark(rune)) ? result.Append(' ')
                : result.Append(rune);
        }

        return result.ToString();
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
