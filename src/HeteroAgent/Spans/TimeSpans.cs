using System.Globalization;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>Finds times of day: <c>14:30</c>, <c>14:30:05.25</c>, <c>14:30Z</c>, <c>14:30+01:00</c>, <c>2:30 pm</c>, <c>2 p.m.</c>, noon and midnight.</summary>
/// <remarks>A time from 1:00 to 11:59 that has neither a leading zero, seconds, an offset nor am or pm is given in both halves of the day.</remarks>
internal static partial class TimeSpans
{
    /// <summary>Finds all readings.</summary>
    public static IEnumerable<SpanValue> Find(string text) => Forms().Matches(text).SelectMany(Read);

    [GeneratedRegex("""
        (?<=^|[^\p{L}\p{Nd}:.,]|[,.](?=[^0-9])|[0-9]T|[,.]\s)(?:
          (?<h>[0-9]{1,2})(?::(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?<f>\.[0-9]{1,7})?)?)?\s?(?<half>[ap])(?:m|\.m\.?)(?![\p{L}\p{Nd}])
        | (?<h>[0-9]{1,2}):(?<m>[0-9]{2})(?::(?<s>[0-9]{2})(?<f>\.[0-9]{1,7})?)?(?<offset>Z|[+-][0-9]{2}:[0-9]{2})?(?![\p{L}\p{Nd}:]|[.,][0-9])
        | (?<word>noon|midnight)(?![\p{L}\p{Nd}])
        )
        """, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Forms();

    private static IEnumerable<SpanValue> Read(Match match)
    {
        if (match.Groups["word"] is { Success: true } word)
        {
            yield return new SpanValue(word.Value[0] is 'n' or 'N' ? "12:00:00" : "00:00:00", match.Index, match.Length);
            yield break;
        }

        (int hour, int minute, int second) = (Number(match, "h"), Number(match, "m"), Number(match, "s"));
        string fraction = match.Groups["f"].Value;
        string offset = match.Groups["offset"].Value.ToUpperInvariant();
        bool half = match.Groups["half"].Success;
        if (minute > 59 || second > 59 || (half ? hour is < 1 or > 12 : hour > 23))
        {
            yield break;
        }

        if (half)
        {
            hour = (hour % 12) + (match.Groups["half"].Value is "p" or "P" ? 12 : 0);
        }

        yield return new SpanValue($"{hour:00}:{minute:00}:{second:00}{fraction}{offset}", match.Index, match.Length);
        bool open = !half && offset.Length == 0 && !match.Groups["s"].Success && hour is >= 1 and <= 11 && match.Value[0] != '0';
        if (open)
        {
            yield return new SpanValue($"{hour + 12:00}:{minute:00}:00", match.Index, match.Length);
        }
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
