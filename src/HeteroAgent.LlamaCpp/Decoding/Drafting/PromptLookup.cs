namespace HeteroAgent.LlamaCpp;

/// <summary>Finds where what was written last occurred before, in the prompt or the answer, and what followed there. Used by one thread.</summary>
/// <remarks>
/// Prompt lookup decoding (Saxena 2023), on bytes instead of tokens: a word is another token behind a quotation mark than
/// behind a space. The longest match wins, and of several the last.
/// </remarks>
internal sealed class PromptLookup(TokenVocabulary vocabulary)
{
    // What stands for a control token: no text that is generated contains it.
    private const byte Separator = 0;

    private const int ShortestMatch = 2;
    private const int LongestMatch = 32;
    private const int MostBytes = 64;
    private const int MostCandidates = 64;

    private byte[] _text = [];
    private int _length;
    private int _tokens;

    /// <summary>The text that followed the best match, empty where there is none.</summary>
    /// <param name="tokens">The prompt and the answer so far, which grows from call to call.</param>
    /// <param name="matched">The bytes that agree, at least 2 where there is a match.</param>
    internal ReadOnlySpan<byte> Find(ReadOnlySpan<int> tokens, out int matched)
    {
        Append(tokens);
        matched = 0;
        if (_length <= ShortestMatch)
        {
            return default;
        }

        ReadOnlySpan<byte> text = _text.AsSpan(0, _length);
        ReadOnlySpan<byte> suffix = text[^ShortestMatch..];
        if (suffix.Contains(Separator))
        {
            return default;
        }

        int best = -1;
        int end = _length - 1;
        for (int i = 0; i < MostCandidates && matched < LongestMatch; i++)
        {
            int at = text[..end].LastIndexOf(suffix);
            if (at < 0)
            {
                break;
            }

            int length = ShortestMatch + CommonSuffix(text[..at], text[..^ShortestMatch], LongestMatch - ShortestMatch);
            if (length > matched)
            {
                matched = length;
                best = at + ShortestMatch;
            }

            end = at + ShortestMatch - 1;
        }

        if (best < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> next = text.Slice(best, Math.Min(MostBytes, _length - best));
        int stop = next.IndexOf(Separator);
        return WholeCharacters(stop < 0 ? next : next[..stop]);
    }

    private void Append(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens[_tokens..])
        {
            ReadOnlySpan<byte> piece = vocabulary.GetBytes(token);
            if (piece.IsEmpty)
            {
                piece = [Separator];
            }

            if (_length + piece.Length > _text.Length)
            {
                Array.Resize(ref _text, Math.Max(4096, 2 * (_length + piece.Length)));
            }

            piece.CopyTo(_text.AsSpan(_length));
            _length += piece.Length;
        }

        _tokens = tokens.Length;
    }

    private static int CommonSuffix(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int most)
    {
        int length = 0;
        most = Math.Min(most, Math.Min(a.Length, b.Length));
        while (length < most && a[a.Length - 1 - length] == b[b.Length - 1 - length] && a[a.Length - 1 - length] != Separator)
        {
            length++;
        }

        return length;
    }

    // Cut where a character is cut, at either end.
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> text)
    {
        for (int cut = 0; cut < 4 && cut < text.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(text[..^cut]))
            {
                return text[..^cut];
            }
        }

        return default;
    }
}
