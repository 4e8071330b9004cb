using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Cuts a text into the pieces that llama.cpp cuts it into. Its rule for <c>gpt-2</c> is <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
/// <remarks>A regular expression of .NET sees halves of surrogate pairs, where llama.cpp sees code points: so the rule stands here as code.</remarks>
internal static class PreTokenizer
{
    // Letters and digits that Unicode 16 brought, first and last of each range. .NET knows them; to llama.cpp, which knows Unicode 15, they are signs.
    private static readonly (int First, int Last)[] Unicode16 =
    [
        (0x1C89, 0x1C8A), (0xA7CB, 0xA7CD), (0xA7DA, 0xA7DC), (0x105C0, 0x105F3), (0x10D40, 0x10D65), (0x10D6F, 0x10D85), (0x10EC2, 0x10EC4),
        (0x11380, 0x11389), (0x1138B, 0x1138B), (0x1138E, 0x1138E), (0x11390, 0x113B5), (0x113B7, 0x113B7), (0x113D1, 0x113D1), (0x113D3, 0x113D3),
        (0x116D0, 0x116E3), (0x11BC0, 0x11BE0), (0x11BF0, 0x11BF9), (0x13460, 0x143FA), (0x16100, 0x1611D), (0x16130, 0x16139), (0x16D40, 0x16D6C),
        (0x16D70, 0x16D79), (0x18CFF, 0x18CFF), (0x1CCF0, 0x1CCF9), (0x1E5D0, 0x1E5ED), (0x1E5F0, 0x1E5FA),
    ];

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

    private static bool IsOfUnicode16(int codePoint)
    {
        foreach ((int first, int last) in Unicode16)
        {
            if (codePoint <= last)
            {
                return codePoint >= first;
            }
        }

        return false;
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

        if (rune.Value >= Unicode16[0].First && IsOfUnicode16(rune.Value))
        {
            return Kind.Other;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
