using System.Text.RegularExpressions;

namespace HeteroAgent;

/// <summary>A question and an answer to it, taken apart.</summary>
internal sealed partial class AnswerText
{
    internal AnswerText(string question, string answer)
    {
        // Whatever marks a data set put into the answer are taken out; the final number stays, as a line of its own.
        Text = OpenMark().Replace(CalculationMark().Replace(answer, ""), "").Replace("####", "", StringComparison.Ordinal).Trim();
        Question = question;
        Numbers = TextNumber.Find(Text);
        QuestionNumbers = TextNumber.Find(question);
        Words = [.. Word().Matches(Text).Select(m => m.Value.ToLowerInvariant())];
        QuestionWords = [.. Word().Matches(question).Select(m => m.Value.ToLowerInvariant())];
        Sentences = [.. SentenceEnd().Split(Text).Where(s => s.Trim().Length > 0)];
        QuestionSentences = [.. SentenceEnd().Split(question).Where(s => s.Trim().Length > 0)];
        Equations = TextEquation.Find(Text, Numbers);
        FinalValue = Numbers.Count > 0 ? Numbers[^1].Value : double.NaN;
    }

    internal string Question { get; }

    /// <summary>The answer without the marks of a data set.</summary>
    internal string Text { get; }

    internal List<TextNumber> Numbers { get; }

    internal List<TextNumber> QuestionNumbers { get; }

    internal string[] Words { get; }

    internal string[] QuestionWords { get; }

    internal string[] Sentences { get; }

    internal string[] QuestionSentences { get; }

    internal List<TextEquation> Equations { get; }

    /// <summary>The last number of the text; NaN where there is none.</summary>
    internal double FinalValue { get; }

    /// <summary>The words of a sentence in lower case.</summary>
    internal static string[] WordsOf(string sentence) => [.. Word().Matches(sentence).Select(m => m.Value.ToLowerInvariant())];

    /// <summary>How many calculations a data set's marks hold.</summary>
    internal static int CountMarks(string answer) => CalculationMark().Count(answer);

    [GeneratedRegex("<<[^<>]*>>", RegexOptions.NonBacktracking)]
    private static partial Regex CalculationMark();

    [GeneratedRegex("<<[^<>]*$", RegexOptions.NonBacktracking)]
    private static partial Regex OpenMark();

    [GeneratedRegex("[A-Za-z][A-Za-z']*", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex(@"[.!?]\s+|\n+", RegexOptions.NonBacktracking)]
    private static partial Regex SentenceEnd();
}
