namespace HeteroAgent.LlamaCpp;

/// <summary>Reads a shouted request as an ordinary one, as the models are trained.</summary>
internal static class CaseFolding
{
    /// <summary>The text in lower case where it has upper-case letters and no others with case; else the text. Offsets stay the same.</summary>
    internal static string Fold(string text)
    {
        bool upper = false;
        foreach (char c in text)
        {
            if (char.IsLower(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.TitlecaseLetter)
            {
                return text;
            }

            upper |= char.IsUpper(c);
        }

        return upper ? text.ToLowerInvariant() : text;
    }
}
