using System.Globalization;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>A set of code points: ascending ranges that do not touch, without surrogates.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;

    private CharacterSet(IReadOnlyList<(int First, int Last)> ranges) => Ranges = ranges;

    /// <summary>The ranges, both ends included.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    /// <summary>Every code point.</summary>
    public static CharacterSet All { get; } = Of((0, Last));

    /// <summary>Every code point but the line ends, which is what a dot stands for.</summary>
    public static CharacterSet Dot { get; } = Of((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)).Complement();

    /// <summary>The digits of ASCII.</summary>
    public static CharacterSet Digit { get; } = Of(('0', '9'));

    /// <summary>The letters, digits and the underscore of ASCII.</summary>
    public static CharacterSet Word { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>White space and line ends as ECMA-262 has them.</summary>
    public static CharacterSet Space { get; } = Of((0x09, 0x0D), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>A set of some ranges in any order.</summary>
    public static CharacterSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(r => r.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return new CharacterSet(merged);
    }

    /// <summary>The code points of a Unicode general category such as <c>L</c> or <c>Lu</c>, or null where there is no such.</summary>
    public static CharacterSet? OfCategory(string name)
    {
        name = name switch
        {
            "Letter" => "L",
            "Lowercase_Letter" or "Lowercase" => "Ll",
            "Uppercase_Letter" or "Uppercase" => "Lu",
            "Number" => "N",
            "Decimal_Number" or "digit" => "Nd",
            "Punctuation" or "punct" => "P",
            "Symbol" => "S",
            "Separator" => "Z",
            "Mark" => "M",
            _ => name,
        };
        var ranges = new List<(int, int)>();
        for (int value = 0; value <= Last; value++)
        {
            if (Rune.IsValid(value) && CategoryOf(value).StartsWith(name, StringComparison.Ordinal))
            {
                ranges.Add((value, value));
            }
        }

        return name.Length is 1 or 2 && ranges.Count > 0 ? Of(ranges) : null;
    }

    /// <summary>The code points of either.</summary>
    public CharacterSet Union(CharacterSet other) => Of(Ranges.Concat(other.Ranges));

    /// <summary>The code points that are not here.</summary>
    public CharacterSet Complement()
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        (int first, int last) = range;
        if (first <= 0xD7FF)
        {
            yield return (first, Math.Min(last, 0xD7FF));
        }

        if (last >= 0xE000)
        {
            yield return (Math.Max(first, 0xE000), last);
        }
    }

    private static string CategoryOf(int value) => Rune.GetUnicodeCategory(new Rune(value)) switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}
