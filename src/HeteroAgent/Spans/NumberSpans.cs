using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>
/// Finds numbers: digits with or without grouping and a fraction, in English or continental form, with a sign, an exponent,
/// a percent sign or a magnitude (<c>5k</c>, <c>1.2 million</c>), and English number words up to ninety-nine with a magnitude.
/// </summary>
/// <remarks>
/// Where the form leaves it open, all readings are given: <c>1,250</c> is 1250 and 1.25; <c>12%</c> is 12 and 0.12;
/// <c>1.2 million</c> is 1.2 and 1200000; <c>3,4</c> is 3.4, 3 and 4. Digits inside of a word or code (<c>A4</c>, <c>7f3a</c>)
/// and dotted numbers with more than one point (<c>10.0.0.1</c>) are none. Digits are those of ASCII, at most 28 of them.
/// </remarks>
internal static partial class NumberSpans
{
    private const string Words = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";

    private static readonly string[] WordList = Words.Split('|');

    /// <summary>Finds all readings.</summary>
    public static IEnumerable<SpanValue> Find(string text) =>
        Digits().Matches(text).SelectMany(m => OfDigits(text, m)).Concat(Spelled().Matches(text).SelectMany(OfWords)).OrderBy(v => v.Start);

    /// <summary>A number without exponent and needless zeros.</summary>
    public static string Write(decimal value) => value == 0 ? "0" : value.ToString("0.############################", CultureInfo.InvariantCulture);

    // Not inside of a word or behind the point of one (v1.2); a leading point counts where no digit or point stands before it.
    [GeneratedRegex(@"(?<![\p{L}\p{M}\p{Nd}_]|[0-9][.,])(?<number>(?:(?<![\p{Nd}.])\.)?[0-9]+(?:[.,'’\u00A0\u202F\u2009][0-9]+)*)(?<exponent>[eE][+-]?[0-9]{1,2}(?![\p{L}\p{Nd}]))?(?<rest>[\p{L}\p{M}\p{Nd}_]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\G(?:(?<percent>\s?%|\s(?:percent|per\scent)\b)|(?<magnitude>\s?(?:hundred|thousand|million|billion|trillion)\b))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Behind();

    [GeneratedRegex($@"\b(?<first>{Words})(?:[-\s](?<second>one|two|three|four|five|six|seven|eight|nine))?\b(?:\s(?<magnitude>hundred|thousand|million|billion|trillion)\b)?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Spelled();

    private static IEnumerable<SpanValue> OfDigits(string text, Match match)
    {
        Group rest = match.Groups["rest"];
        string unit = rest.Value;
        if (unit.Any(char.IsDigit))
        {
            yield break;
        }

        Group number = match.Groups["number"];
        int end = match.Index + match.Length - unit.Length;
        string exponent = match.Groups["exponent"].Value;
        foreach ((string digits, int offset, bool whole) in Readings(number.Value))
        {
            // Of a list without spaces an exponent belongs to the last, which then is no plain number.
            bool last = !whole && offset + digits.Length == number.Length;
            if ((last && exponent.Length > 0) || !decimal.TryParse(whole ? digits + exponent : digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
            {
                continue;
            }

            // Only what takes the whole place has its sign and what stands behind it.
            int start = whole ? match.Index : number.Index + offset;
            int signed = offset == 0 ? Sign(text, start) : start;
            value = signed < start && text[signed] != '+' ? -value : value;
            int stop = whole ? end : start + digits.Length;
            yield return new SpanValue(Write(value), signed, stop - signed);
            if (!whole)
            {
                continue;
            }

            (decimal factor, int length) = Factor(text, end, unit);
            if (factor != 1 && TryMultiply(value, factor, out decimal product))
            {
                yield return new SpanValue(Write(product), signed, end + length - signed);
            }
        }
    }

    private static IEnumerable<SpanValue> OfWords(Match match)
    {
        int first = Value(match.Groups["first"].Value);
        Group second = match.Groups["second"];
        Group magnitude = match.Groups["magnitude"];
        bool tens = first >= 20 && second.Success;
        decimal value = tens ? first + Value(second.Value) : first;
        int end = magnitude.Success ? match.Index + match.Length : tens || !second.Success ? match.Index + match.Length : second.Index - 1;
        if (second.Success && !tens)
        {
            // "five six" is two numbers, and a magnitude belongs to the second.
            yield return new SpanValue(Write(first), match.Index, second.Index - 1 - match.Index);
            value = Value(second.Value);
            end = match.Index + match.Length;
        }

        int start = second.Success && !tens ? second.Index : match.Index;
        int plain = magnitude.Success ? magnitude.Index - 1 : end;
        yield return new SpanValue(Write(value), start, plain - start);
        if (magnitude.Success)
        {
            yield return new SpanValue(Write(value * Magnitude(magnitude.Value)), start, end - start);
        }
    }

    // Digits with a point for the fraction, where they begin, and whether they take all of the place.
    private static IEnumerable<(string Digits, int Offset, bool Whole)> Readings(string number)
    {
        char[] separators = [.. number.Where(c => !char.IsAsciiDigit(c))];
        if (separators.Length == 0 || number[0] == '.')
        {
            if (separators.Length <= 1)
            {
                yield return (number, 0, true);
            }

            yield break;
        }

        string[] parts = number.Split(separators);
        bool same = separators.Distinct().Count() == 1;
        bool read = false;
        if (same && separators.Length == 1 && separators[0] is '.' or ',')
        {
            read = separators[0] == '.';
            yield return ($"{parts[0]}.{parts[1]}", 0, true);
        }

        if (same && AreGroups(parts))
        {
            read = true;
            yield return (string.Concat(parts), 0, true);
        }
        else if (!same && separators[..^1].Distinct().Count() == 1 && separators[^1] is '.' or ',' && AreGroups(parts[..^1]))
        {
            read = true;
            yield return ($"{string.Concat(parts[..^1])}.{parts[^1]}", 0, true);
        }

        // A list without spaces.
        if (!read && separators.Contains(','))
        {
            int offset = 0;
            foreach (string item in number.Split(','))
            {
                if (item.All(char.IsAsciiDigit) || (item.Count(c => !char.IsAsciiDigit(c)) == 1 && item.Contains('.', StringComparison.Ordinal)))
                {
                    yield return (item, offset, false);
                }

                offset += item.Length + 1;
            }
        }
    }

    private static bool AreGroups(string[] parts) =>
        parts[0].Length is >= 1 and <= 3 && (parts[0][0] != '0') && parts.Skip(1).All(p => p.Length == 3);

    // The place of a sign before the number or its currency, or the number's own.
    private static int Sign(string text, int start)
    {
        int at = start > 0 && char.GetUnicodeCategory(text[start - 1]) == UnicodeCategory.CurrencySymbol ? start - 1 : start;
        bool signed = at > 0 && text[at - 1] is '-' or '+' or '\u2212';
        return signed && (at == 1 || !(char.IsLetterOrDigit(text[at - 2]) || text[at - 2] is ')' or '-' or '+' or '.')) ? at - 1 : start;
    }

    private static (decimal Factor, int Length) Factor(string text, int end, string unit)
    {
        decimal factor = unit switch { "k" or "K" => 1e3m, "M" => 1e6m, "bn" => 1e9m, _ => 1 };
        if (factor != 1)
        {
            return (factor, unit.Length);
        }

        Match behind = Behind().Match(text, end);
        return !behind.Success ? (1, 0)
            : behind.Groups["percent"].Success ? (0.01m, behind.Length)
            : (Magnitude(behind.Groups["magnitude"].Value.Trim()), behind.Length);
    }

    private static bool TryMultiply(decimal value, decimal factor, out decimal product)
    {
        product = 0;
        if (Math.Abs(value) > 1e15m)
        {
            return false;
        }

        product = value * factor;
        return true;
    }

    private static int Value(string word)
    {
        int index = Array.FindIndex(WordList, w => w.Equals(word, StringComparison.OrdinalIgnoreCase));
        return index <= 20 ? index : (index - 18) * 10;
    }

    private static decimal Magnitude(string word) => word.ToUpperInvariant() switch
    {
        "HUNDRED" => 100,
        "THOUSAND" => 1e3m,
        "MILLION" => 1e6m,
        "BILLION" => 1e9m,
        _ => 1e12m,
    };
}
