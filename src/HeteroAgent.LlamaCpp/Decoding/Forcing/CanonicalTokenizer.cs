using System.Text.Unicode;

namespace HeteroAgent.LlamaCpp;

/// <summary>Splits text into the tokens that a model's tokenizer gives it in its place, behind the tokens that already stand there. Immutable and thread-safe.</summary>
/// <remarks>Which tokens a text becomes depends on the few before it: without them nearly every forced run would be split in a way that the model has never read (llguidance, docs/fast_forward.md).</remarks>
internal sealed class CanonicalTokenizer
{
    private const int FewestTokens = 2;
    private const int MostTokens = 4;
    private const int EnoughBytes = 7;

    private readonly TokenVocabulary _vocabulary;
    private readonly Func<byte[], int[]> _tokenize;
    private readonly byte[] _anchor;
    private readonly int[] _anchorTokens;

    /// <summary>Creates the tokenizer.</summary>
    /// <param name="vocabulary">The bytes of the tokens.</param>
    /// <param name="tokenize">The model's tokenizer over whole texts of valid UTF-8.</param>
    internal CanonicalTokenizer(TokenVocabulary vocabulary, Func<byte[], int[]> tokenize)
    {
        _vocabulary = vocabulary;
        _tokenize = tokenize;

        // A tokenizer may put a space before any text: then text is read behind a line break, and what that became is left out.
        ReadOnlySpan<byte> probe = "a"u8;
        bool exact = Matches(_tokenize(probe.ToArray()), probe);
        _anchor = exact ? [] : [(byte)'\n'];
        _anchorTokens = exact ? [] : _tokenize(_anchor);
    }

    /// <summary>The tokens of a text behind others, or null where the tokenizer does not give the text back byte by byte.</summary>
    /// <param name="before">The tokens before it; a control token ends the look-back.</param>
    /// <param name="text">The text, valid UTF-8.</param>
    internal int[]? TryTokenize(ReadOnlySpan<int> before, ReadOnlySpan<byte> text)
    {
        byte[] context = Context(before);
        return context.Length > 0 && Behind(context, text) is { } tokens ? tokens : Behind([], text);
    }

    private int[]? Behind(ReadOnlySpan<byte> context, ReadOnlySpan<byte> text)
    {
        int[] tokens = _tokenize([.. _anchor, .. context, .. text]);
        if (!tokens.AsSpan().StartsWith(_anchorTokens))
        {
            return null;
        }

        int read = 0;
        int i = _anchorTokens.Length;
        for (; i < tokens.Length && read < context.Length; i++)
        {
            read += _vocabulary.GetBytes(tokens[i]).Length;
        }

        // A token across the border: the tokens before are not those that the tokenizer would have chosen.
        return read == context.Length && Matches(tokens.AsSpan(i), text) ? tokens[i..] : null;
    }

    // At least two tokens, and more until they have seven bytes; beginning with a whole character.
    private byte[] Context(ReadOnlySpan<int> before)
    {
        int bytes = 0;
        int start = before.Length;
        while (start > 0 && before.Length - start < MostTokens && (before.Length - start < FewestTokens || bytes < EnoughBytes))
        {
            int length = _vocabulary.GetBytes(before[start - 1]).Length;
            if (length == 0)
            {
                break;
            }

            bytes += length;
            start--;
        }

        for (; start < before.Length; start++)
        {
            byte[] context = new byte[bytes];
            int at = 0;
            foreach (int token in before[start..])
            {
                ReadOnlySpan<byte> piece = _vocabulary.GetBytes(token);
                piece.CopyTo(context.AsSpan(at));
                at += piece.Length;
            }

            if (Utf8.IsValid(context))
            {
                return context;
            }

            bytes -= _vocabulary.GetBytes(before[start]).Length;
        }

        return [];
    }

    private bool Matches(ReadOnlySpan<int> tokens, ReadOnlySpan<byte> text)
    {
        foreach (int token in tokens)
        {
            ReadOnlySpan<byte> piece = _vocabulary.GetBytes(token);
            if (piece.IsEmpty || !text.StartsWith(piece))
            {
                return false;
            }

            text = text[piece.Length..];
        }

        return text.IsEmpty;
    }
}
