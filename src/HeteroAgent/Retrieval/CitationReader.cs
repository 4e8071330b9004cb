using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Finds the marks <c>[1]</c> and <c>[1, 2]</c> by which an answer names passages. What stands between backticks is code.</summary>
internal static partial class CitationReader
{
    /// <summary>One annotation a passage that the text cites, in the order of the first mark. A number that no passage has cites nothing.</summary>
    public static List<CitationAnnotation> Read(string text, IReadOnlyList<RetrievedPassage> passages)
    {
        List<CitationAnnotation> citations = [];
        Dictionary<int, CitationAnnotation> byNumber = [];
        foreach ((int number, TextRange mark) in Marks(text))
        {
            if (number < 1 || number > passages.Count)
            {
                continue;
            }

            if (!byNumber.TryGetValue(number, out CitationAnnotation? citation))
            {
                RetrievedPassage passage = passages[number - 1];
                citation = new()
                {
                    Title = passage.Title.Length > 0 ? passage.Title : passage.DocumentId,
                    Url = passage.Url,
                    FileId = passage.DocumentId,
                    Snippet = passage.Text,
                    AnnotatedRegions = [],
                };
                byNumber.Add(number, citation);
                citations.Add(citation);
            }

            citation.AnnotatedRegions!.Add(new TextSpanAnnotatedRegion { StartIndex = mark.Start, EndIndex = mark.End });
        }

        return citations;
    }

    /// <summary>The numbers in brackets and where their brackets stand.</summary>
    public static IEnumerable<(int Number, TextRange Mark)> Marks(string text)
    {
        foreach (Match match in Mark().Matches(text))
        {
            foreach (Capture number in match.Groups[1].Captures)
            {
                yield return (int.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), new(match.Index, match.Index + match.Length));
            }
        }
    }

    /// <summary>The text with spaces in place of the marks: what else stands in it keeps its place.</summary>
    public static string WithoutMarks(string text) =>
        Mark().Replace(text, static m => m.Groups[1].Success ? new string(' ', m.Length) : m.Value);

    // One group holds every number of a mark.
    [GeneratedRegex(@"`[^`\n]*`|\[ ?(?:([0-9]{1,4})(?: ?[,;] ?(?=[0-9])| ?(?=\])))+\]", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
