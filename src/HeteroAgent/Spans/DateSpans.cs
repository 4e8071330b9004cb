using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>Finds days with their year: <c>2024-03-05</c>, <c>2024/3/5</c>, <c>3/5/2024</c>, <c>5.3.2024</c>, <c>March 5, 2024</c>, <c>5th of March 2024</c>, <c>5-Mar-2024</c>.</summary>
/// <remarks>
/// With slashes and hyphens, month and day are given in both orders where both are days; with points the day comes first. A year
/// of two digits lies between 1950 and 2049. A day without a year is no date: the year would be invented. Months are English.
/// </remarks>
internal static partial class DateSpans
{
    private const string Months = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

    /// <summary>Finds all readings.</summary>
    public static IEnumerable<SpanValue> Find(string text) => Forms().Matches(text).SelectMany(Read);

    [GeneratedRegex($"""
        (?<![\p{"{L}"}\p{"{Nd}"}]|[0-9][-/.,:])(?:
          (?<y>[0-9]{"{4}"})(?<s>[-/.])(?<m>[0-9]{"{1,2}"})\k<s>(?<d>[0-9]{"{1,2}"})
        | (?<a>[0-9]{"{1,2}"})(?<s>[-/.])(?<b>[0-9]{"{1,2}"})\k<s>(?<y>[0-9]{"{4}"}|[0-9]{"{2}"})
        | (?<name>{Months})\.?\s+(?<d>[0-9]{"{1,2}"})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?<y>[0-9]{"{4}"})
        | (?<d>[0-9]{"{1,2}"})(?:st|nd|rd|th)?(?:\s+of\s+|\s+|-)(?<name>{Months})(?:\.?\s*,\s*|\.?\s+|-)(?<y>[0-9]{"{4}"})
        )(?![0-9]|[-/.,:][0-9]|[\p{"{L}"}-[T]])
        """, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Forms();

    private static IEnumerable<SpanValue> Read(Match match)
    {
        int year = Number(match, "y");
        year = match.Groups["y"].Length == 4 ? year : year < 50 ? 2000 + year : 1900 + year;
        if (match.Groups["name"] is { Success: true } name)
        {
            return Value(match, year, Month(name.Value), Number(match, "d"));
        }

        if (match.Groups["m"].Success)
        {
            return Value(match, year, Number(match, "m"), Number(match, "d"));
        }

        (int a, int b) = (Number(match, "a"), Number(match, "b"));
        IEnumerable<SpanValue> dayFirst = Value(match, year, b, a);
        return match.Groups["s"].Value == "." ? dayFirst : Value(match, year, a, b).Concat(dayFirst).Distinct();
    }

    private static IEnumerable<SpanValue> Value(Match match, int year, int month, int day)
    {
        if (year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month))
        {
            yield return new SpanValue($"{year:0000}-{month:00}-{day:00}", match.Index, match.Length);
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Month(string name) => ("janfebmaraprmayjunjulaugsepoctnovdec".IndexOf(name[..3], StringComparison.OrdinalIgnoreCase) / 3) + 1;
}
