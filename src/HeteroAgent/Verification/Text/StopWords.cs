using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>Words that carry no content of their own.</summary>
internal static class StopWords
{
    private static readonly FrozenSet<string> All = ("a an the and or but if then else so thus hence therefore of to in on at by for from with without into onto over under up down out off as than that this these those it its he she they them "
        + "his her hers their theirs him we us our you your i me my is are was were be been being am do does did done has have had having will would can could shall should may might must not no nor there here what which who whom whose when where why how "
        + "all any each every some such only own same also just very too more most other another about again once s t let now first second next finally since because after before while during need find know get gets got use used using given").Split(' ').ToFrozenSet();

    public static bool Contains(string word) => All.Contains(word);

    /// <summary>Whether a word names a thing: it carries content and is no number.</summary>
    public static bool IsContent(string word) => word.Length > 1 && !char.IsAsciiDigit(word[0]) && !All.Contains(word);

    /// <summary>A word without its plural's ending, so that <c>apple</c> and <c>apples</c> are one.</summary>
    public static string Stem(string word) => word switch
    {
        _ when word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) => string.Concat(word.AsSpan(0, word.Length - 3), "y"),
        _ when word.Length > 4 && word.EndsWith("sses", StringComparison.Ordinal) => word[..^2],
        _ when word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') => word[..^1],
        _ => word,
    };
}
