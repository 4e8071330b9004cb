using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>A question and an answer to it, taken apart.</summary>
internal sealed partial class AnswerText
{
    internal AnswerText(string question, string answer, bool useMarks)
    {
        // The marks are looked at only where they may be, and the text without them in any case.
        Marks = useMarks ? CalculationMark().Count(answer) : 0;
        HasOpenMark = useMarks && answer.LastIndexOf("<<", StringComparison.Ordinal) > answer.LastIndexOf(">>", StringComparison.Ordinal);
        HasFinalMark = useMarks && answer.Contains("####", StringComparison.Ordinal);
        string plain = OpenMark().Replace(CalculationMark().Replace(answer, ""), "");
        int final = plain.IndexOf("####", StringComparison.Ordinal);
        Text = (useMarks && final >= 0 ? plain[..final] : plain.Replace("####", "", StringComparison.Ordinal)).Trim();
        Question = question;
        Numbers = TextNumber.Find(Text);
        QuestionNumbers = TextNumber.Find(question);
        Words = [.. Word().Matches(Text).Select(m => m.Value.ToLowerInvariant())];
        QuestionWords = [.. Word().Matches(question).Select(m => m.Value.ToLowerInvariant())];
        Sentences = [.. SentenceEnd().Split(Text).Where(s => s.Trim().Length > 0)];
        QuestionSentences = [.. SentenceEnd().Split(question).Where(s => s.Trim().Length > 0)];
        Equations = TextEquation.Find(Text, Numbers);
        List<TextNumber> marked = useMarks && final >= 0 ? TextNumber.Find(plain[final..]) : [];
        FinalValue = marked.Count > 0 ? marked[0].Value : Numbers.Count > 0 ? Numbers[^1].Value : double.NaN;
    }

    internal string Question { get; }

    /// <summary>The answer without calculation marks and the final line.</summary>
    internal string Text { get; }

    internal int Marks { get; }

    internal bool HasOpenMark { get; }

    internal bool HasFinalMark { get; }

    internal List<TextNumber> Numbers { get; }

    internal List<TextNumber> QuestionNumbers { get; }

    internal string[] Words { get; }

    internal string[] QuestionWords { get; }

    internal string[] Sentences { get; }

    internal string[] QuestionSentences { get; }

    internal List<TextEquation> Equations { get; }

    /// <summary>The number after the final mark, else the last one of the text; NaN where there is none.</summary>
    internal double FinalValue { get; }

    [GeneratedRegex("<<[^<>]*>>", RegexOptions.NonBacktracking)]
    private static partial Regex CalculationMark();

    [GeneratedRegex("<<[^<>]*$", RegexOptions.NonBacktracking)]
    private static partial Regex OpenMark();

    [GeneratedRegex("[A-Za-z][A-Za-z']*", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex(@"[.!?]\s+|\n+", RegexOptions.NonBacktracking)]
    private static partial Regex SentenceEnd();
}
