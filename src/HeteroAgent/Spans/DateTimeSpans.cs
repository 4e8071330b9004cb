using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>Finds a day with a time beside it: <c>2024-03-05T14:30:00Z</c>, <c>March 5, 2024 at 2:30 pm</c>, <c>2 pm on Tuesday, 5 March 2024</c>. A day alone is none: the time would be invented.</summary>
internal static partial class DateTimeSpans
{
    // What may stand between them.
    private const int MostBetween = 20;

    /// <summary>Finds all readings.</summary>
    public static IEnumerable<SpanValue> Find(string text)
    {
        ILookup<int, SpanValue> times = TimeSpans.Find(text).ToLookup(t => t.Start);
        ILookup<int, SpanValue> timesByEnd = times.SelectMany(t => t).ToLookup(t => t.Start + t.Length);
        foreach (SpanValue date in DateSpans.Find(text))
        {
            int end = date.Start + date.Length;
            for (int at = end; at <= Math.Min(text.Length, end + MostBetween); at++)
            {
                foreach (SpanValue time in times[at].Where(_ => Between().IsMatch(text.AsSpan(end, at - end))))
                {
                    yield return new SpanValue($"{date.Text}T{time.Text}", date.Start, time.Start + time.Length - date.Start);
                }
            }

            for (int at = Math.Max(0, date.Start - MostBetween); at <= date.Start; at++)
            {
                foreach (SpanValue time in timesByEnd[at].Where(_ => Before().IsMatch(text.AsSpan(at, date.Start - at))))
                {
                    yield return new SpanValue($"{date.Text}T{time.Text}", time.Start, end - time.Start);
                }
            }
        }
    }

    [GeneratedRegex(@"^(?:T|\s*,?\s*(?:at|around|@)\s*|\s*,\s*|\s+|\s*[(]\s*)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Between();

    [GeneratedRegex(@"^(?:\s*,?\s*(?:on\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*,?\s+)?(?:the\s+)?)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Before();
}
