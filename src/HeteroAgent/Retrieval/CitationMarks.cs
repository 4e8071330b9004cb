using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The marks [1] or [1, 3] by which an answer names passages.</summary>
internal static partial class CitationMarks
{
    /// <summary>The passages that a text names, each with the places where it does.</summary>
    public static SortedDictionary<int, List<TextRange>> Find(string text, int passages)
    {
        SortedDictionary<int, List<TextRange>> found = [];
        foreach (Match match in Mark().Matches(text))
        {
            foreach (ValueMatch number in Number().EnumerateMatches(match.Value))
            {
                int n = int.Parse(match.ValueSpan.Slice(number.Index, number.Length), CultureInfo.InvariantCulture);
                if (n >= 1 && n <= passages)
                {
                    if (!found.TryGetValue(n, out List<TextRange>? places))
                    {
                        found[n] = places = [];
                    }

                    places.Add(new(match.Index, match.Index + match.Length));
                }
            }
        }

        return found;
    }

    /// <summary>The annotations of a text.</summary>
    public static List<AIAnnotation> Annotate(string text, IReadOnlyList<RetrievedPassage> passages) =>
        [.. Find(text, passages.Count).Select(found => new CitationAnnotation
        {
            Title = passages[found.Key - 1].Title.Length > 0 ? passages[found.Key - 1].Title : passages[found.Key - 1].DocumentId,
            Url = passages[found.Key - 1].Url,
            FileId = passages[found.Key - 1].DocumentId,
            Snippet = passages[found.Key - 1].Text,
            AnnotatedRegions = [.. found.Value.Select(static r => new TextSpanAnnotatedRegion { StartIndex = r.Start, EndIndex = r.End })],
        })];

    public static string Remove(string text) => Mark().Replace(text, "");

    [GeneratedRegex(@"\[\s*\d{1,4}(?:\s*[,;]\s*\d{1,4})*\s*\]", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
