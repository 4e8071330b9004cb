using System.Text.Unicode;

namespace HeteroAgent.LlamaCpp;

/// <summary>The tokens that a constraint leaves no choice about, and those that probably follow.</summary>
/// <param name="Tokens">Tokens that must come next, as the tokenizer splits the text.</param>
/// <param name="Tail">
/// The rest of the forced text where a longer token could cover it and more (after <c>"order</c> the token <c>Id</c> is a
/// choice if <c>orderId</c> is a token too): likely, and to be verified.
/// </param>
/// <remarks>Jump-forward decoding with token healing as in llguidance (docs/fast_forward.md).</remarks>
internal sealed record ForcedRun(IReadOnlyList<int> Tokens, IReadOnlyList<int> Tail)
{
    // A longer run goes on at the next step.
    private const int MostBytes = 1024;

    private static readonly ForcedRun None = new([], []);

    /// <summary>Reads what must come next.</summary>
    /// <param name="constraint">What may come next; not changed.</param>
    /// <param name="before">The tokens so far, the prompt's included.</param>
    /// <param name="vocabulary">The tokens' bytes.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    internal static ForcedRun Read(ITokenConstraint constraint, ReadOnlySpan<int> before, TokenVocabulary vocabulary, CanonicalTokenizer tokenizer)
    {
        int next = constraint.ForcedByte;
        if (next < 0 || constraint.Fork() is not { } after)
        {
            return None;
        }

        var bytes = new List<byte>(32);
        Span<byte> text = stackalloc byte[1];
        for (; next >= 0 && bytes.Count < MostBytes; next = after.ForcedByte)
        {
            text[0] = (byte)next;
            after.AdvanceText(text);
            bytes.Add((byte)next);
        }

        // Part of a character may be forced where its rest is not: that is left to the model.
        byte[] forced = [.. bytes];
        int whole = forced.Length;
        while (whole > 0 && !Utf8.IsValid(forced.AsSpan(0, whole)))
        {
            whole--;
        }

        if (whole == 0 || tokenizer.TryTokenize(before, forced.AsSpan(0, whole)) is not { } tokens)
        {
            return None;
        }

        int open = LongerToken(forced, after, vocabulary);
        int kept = 0;
        for (int end = 0; kept < tokens.Length; kept++)
        {
            end += vocabulary.GetBytes(tokens[kept]).Length;
            if (end > open)
            {
                break;
            }
        }

        return new ForcedRun(tokens[..kept], tokens[kept..]);
    }

    /// <summary>The first byte of the run from which some token covers the rest of it and more that is allowed; the run's length where there is none.</summary>
    private static int LongerToken(byte[] forced, ITokenConstraint after, TokenVocabulary vocabulary)
    {
        if (after.MustEnd)
        {
            return forced.Length;
        }

        byte[] path = new byte[vocabulary.MaxTokenLength];
        for (int start = Math.Max(0, forced.Length - vocabulary.MaxTokenLength + 1); start < forced.Length; start++)
        {
            ReadOnlySpan<byte> rest = forced.AsSpan(start);
            int node = vocabulary.Tokens.Find(rest);
            if (node >= 0 && HasLonger(vocabulary.Tokens, node, rest.Length, after, path))
            {
                return start;
            }
        }

        return forced.Length;
    }

    private static bool HasLonger(TokenTrie trie, int node, int length, ITokenConstraint after, byte[] path)
    {
        int end = node + trie.Subtrees[node];
        for (int i = node + 1; i < end;)
        {
            path[trie.Depths[i] - 1] = trie.Bytes[i];
            if (!after.AcceptsText(path.AsSpan(length, trie.Depths[i] - length)))
            {
                i += trie.Subtrees[i];
            }
            else if (trie.Tokens[i] >= 0)
            {
                return true;
            }
            else
            {
                i++;
            }
        }

        return false;
    }
}
