using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Cuts a text into the pieces that llama.cpp cuts it into. Its rule for <c>gpt-2</c> is <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
/// <remarks>A regular expression of .NET sees halves of surrogate pairs, where llama.cpp sees code points: so the rule stands here as code.</remarks>
internal static class PreTokenizer
{
    private enum Kind
    {
        End,
        Letter,
        Number,
        Space,
        Other,
    }

    /// <summary>The rule's name in a GGUF file.</summary>
    internal static string Name(BytePairPreTokenizer rule) => rule switch
    {
        BytePairPreTokenizer.Gpt2 => "gpt-2",
        BytePairPreTokenizer.SmolLM => "smollm",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Gpt2 and SmolLM are known."),
    };

    /// <summary>The pieces, which together are the text. A lone surrogate counts as U+FFFD.</summary>
    internal static List<Range> Split(ReadOnlySpan<char> text, BytePairPreTokenizer rule)
    {
        List<Range> pieces = [];
        int start = 0;
        if (rule == BytePairPreTokenizer.SmolLM)
        {
            for (int at = 0; at < text.Length;)
            {
                Kind kind = KindAt(text, at, out int length);
                if (kind == Kind.Number)
                {
                    SplitStretch(text[..at], start, pieces);
                    pieces.Add(at..(at + length));
                    start = at + length;
                }

                at += length;
            }
        }

        SplitStretch(text, start, pieces);
        return pieces;
    }

    private static void SplitStretch(ReadOnlySpan<char> text, int at, List<Range> pieces)
    {
        while (at < text.Length)
        {
            int end = at + PieceLength(text[at..]);
            pieces.Add(at..end);
            at = end;
        }
    }

    private static int PieceLength(ReadOnlySpan<char> text)
    {
        if (Contraction(text) is var contraction and > 0)
        {
            return contraction;
        }

        int first = text[0] == ' ' ? 1 : 0;
        Kind kind = KindAt(text, first, out _);
        return kind is Kind.Letter or Kind.Number or Kind.Other ? RunEnd(text, first, kind) : SpaceLength(text);
    }

    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text[0] != '\'' || text.Length < 2)
        {
            return 0;
        }

        return text[1] is 's' or 't' or 'm' or 'd' ? 2 : text.Length > 2 && text[1..3] is "re" or "ve" or "ll" ? 3 : 0;
    }

    /// <summary>White space leaves its last character to the piece that follows, where one does.</summary>
    private static int SpaceLength(ReadOnlySpan<char> text)
    {
        // All white space is of one UTF-16 unit.
        int end = RunEnd(text, 0, Kind.Space);
        return end > 1 && end < text.Length ? end - 1 : end;
    }

    private static int RunEnd(ReadOnlySpan<char> text, int at, Kind kind)
    {
        while (KindAt(text, at, out int length) == kind)
        {
            at += length;
        }

        return at;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        if (at >= text.Length)
        {
            length = 0;
            return Kind.End;
        }

        Rune.DecodeFromUtf16(text[at..], out Rune rune, out length);
        if (Rune.IsWhiteSpace(rune))
        {
            return Kind.Space;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
