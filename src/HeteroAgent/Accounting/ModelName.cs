using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>The names under which a model's price may stand.</summary>
internal static partial class ModelName
{
    /// <summary>The name itself, then without its vendor, its date, or both; never a shorter family name.</summary>
    public static IEnumerable<string> Candidates(string model)
    {
        yield return model;
        string undated = Dated().Replace(model, "");
        yield return undated;
        int slash = model.LastIndexOf('/');
        if (slash >= 0)
        {
            yield return model[(slash + 1)..];
            yield return Dated().Replace(model[(slash + 1)..], "");
        }
    }

    [GeneratedRegex(@"(?:-|@)(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$", RegexOptions.CultureInvariant)]
    private static partial Regex Dated();
}
