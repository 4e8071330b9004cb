using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>The terms of a text: its words by their stems without function words, its numbers in one notation, and which of them are numbers or names.</summary>
internal sealed partial class ClaimTerms
{
    internal static readonly FrozenSet<string> FunctionWords = FrozenSet.ToFrozenSet(
        ("a about above after again all also am an and any are aren't as at be because been before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either "
        + "few for from further had hadn't has hasn't have haven't having he her here hers herself him himself his how however i i'd i'll i'm i've if in into is isn't it it's its itself just let let's may me might more most must my myself "
        + "neither no nor not of off on once only or other our ours ourselves out over own please same shall she should shouldn't so some such than that that's the their theirs them themselves then there there's these they they'll they're "
        + "this those through to too under until up us very was wasn't we we'll we're we've were weren't what when where which while who whom why will with won't would wouldn't yes you you'd you'll you're you've your yours yourself "
        + "hello hi thanks thank sure okay ok sorry certainly absolutely course according based passage passages").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> NumberWords =
        "zero one two three four five six seven eight nine ten eleven twelve".Split(' ').Select(static (w, i) => KeyValuePair.Create(w, i.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToFrozenDictionary();

    private ClaimTerms()
    {
    }

    /// <summary>Every term.</summary>
    public HashSet<string> All { get; } = new(StringComparer.Ordinal);

    /// <summary>The terms that must occur exactly, each described as it stands in the text: numbers, names, and words with digits in them.</summary>
    public Dictionary<string, string> Exact { get; } = new(StringComparer.Ordinal);

    public static ClaimTerms Of(string text)
    {
        ClaimTerms terms = new();
        ReadOnlySpan<char> listMark = ListMark().Match(text).ValueSpan;
        MatchCollection matches = Token().Matches(text[listMark.Length..]);
        bool names = HasNames(matches);
        bool first = true;
        foreach (Match match in matches)
        {
            terms.Add(match.Value, names && (!first || IsAcronym(match.ValueSpan)));
            first = false;
        }

        return terms;
    }

    private void Add(string token, bool canBeName)
    {
        if (char.IsAsciiDigit(token[0]) && Number(token) is { } number)
        {
            _ = All.Add(number);
            _ = Exact.TryAdd(number, "the number " + token);
            return;
        }

        if (FunctionWords.Contains(token))
        {
            return;
        }

        string lower = token.ToLowerInvariant();
        string stem = NumberWords.TryGetValue(lower, out string? digits) ? digits : Stem(lower);
        _ = All.Add(stem);
        if ((canBeName && char.IsUpper(token[0])) || token.Any(char.IsAsciiDigit))
        {
            _ = Exact.TryAdd(stem, "the name " + token);
        }
    }

    /// <summary>1,000.50 as 1000.5, 2,5 as 2.5, 3rd as 3; null for a word such as 5GB.</summary>
    private static string? Number(string token)
    {
        if (token.Length > 2 && token[^2..].ToLowerInvariant() is "st" or "nd" or "rd" or "th")
        {
            token = token[..^2];
        }

        if (token.Any(static c => !char.IsAsciiDigit(c) && c is not ('.' or ',')))
        {
            return null;
        }

        token = Thousands().IsMatch(token) ? token.Replace(",", "", StringComparison.Ordinal) : token.Replace(',', '.');
        token = token.TrimStart('0');
        token = token.Contains('.', StringComparison.Ordinal) ? token.TrimEnd('0').TrimEnd('.') : token;
        return token.Length == 0 ? "0" : token[0] == '.' ? "0" + token : token;
    }

    /// <summary>Takes off the commonest English endings. It need not find a word's true stem, only the same one for its forms.</summary>
    private static string Stem(string word)
    {
        int apostrophe = word.AsSpan().IndexOfAny('\'', '’');
        word = apostrophe > 0 ? word[..apostrophe] : word;
        word = word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y"
            : word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') ? word[..^1] : word;
        string cut = word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal) ? word[..^3]
            : word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal) ? word[..^2]
            : word.Length > 4 && word.EndsWith("ly", StringComparison.Ordinal) ? word[..^2] : word;
        cut = cut.Length < word.Length && cut.Length > 3 && cut[^1] == cut[^2] && cut[^1] is not ('l' or 's' or 'z') ? cut[..^1] : cut;
        return cut.Length > 3 && cut[^1] == 'e' ? cut[..^1] : cut;
    }

    /// <summary>Whether capitals mark names: not where nearly every word has one, as in a heading.</summary>
    private static bool HasNames(MatchCollection tokens)
    {
        int words = tokens.Count(static t => char.IsLetter(t.ValueSpan[0]));
        int capitals = tokens.Count(static t => char.IsUpper(t.ValueSpan[0]));
        return words < 4 || capitals * 10 < words * 7;
    }

    private static bool IsAcronym(ReadOnlySpan<char> token) => token.Length > 1 && char.IsUpper(token[0]) && char.IsUpper(token[1]);

    [GeneratedRegex(@"[0-9]+(?:[.,][0-9]+)*(?![\p{L}\p{N}])|[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();

    [GeneratedRegex(@"^\s*(?:[0-9]{1,3}[.)]|[-*•+])\s+", RegexOptions.CultureInvariant)]
    private static partial Regex ListMark();
}
