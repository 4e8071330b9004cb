namespace HeteroAgent;

/// <summary>Cuts a text into lower-case words: runs of letters and digits, an apostrophe inside kept.</summary>
internal static class Words
{
    private const int LongestWord = 40;

    public static List<string> Read(string text)
    {
        List<string> words = new((text.Length / 6) + 1);
        Span<char> buffer = stackalloc char[LongestWord];
        int length = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ' ';
            if (char.IsLetterOrDigit(c) || (c is '\'' or '’' && length > 0 && i + 1 < text.Length && char.IsLetter(text[i + 1])))
            {
                if (length < LongestWord)
                {
                    buffer[length++] = c == '’' ? '\'' : char.ToLowerInvariant(c);
                }
            }
            else if (length > 0)
            {
                words.Add(buffer[..length].ToString());
                length = 0;
            }
        }

        return words;
    }
}
