namespace HeteroAgent;

/// <summary>What rests on the marks that a data set put into the answers, GSM8K's <c>&lt;&lt;a=b&gt;&gt;</c> and <c>####</c>: only where those may be looked at.</summary>
internal static class AnswerMarkFeatures
{
    internal static void Add(FeatureList list, AnswerText text, string answer)
    {
        int marks = AnswerText.CountMarks(answer);
        int final = answer.IndexOf("####", StringComparison.Ordinal);
        list.Add("marks", marks);
        list.Add("mark_open", answer.LastIndexOf("<<", StringComparison.Ordinal) > answer.LastIndexOf(">>", StringComparison.Ordinal));
        list.Add("mark_final", final >= 0);
        list.Add("marks_an_equation", text.Equations.Count == 0 ? double.NaN : (double)marks / text.Equations.Count);
        List<TextNumber> stated = final < 0 ? [] : TextNumber.Find(answer[final..]);
        double last = text.Equations.Count == 0 ? double.NaN : text.Equations[^1].Stated;
        list.Add("mark_final_is_last_result", stated.Count == 0 || double.IsNaN(last) ? double.NaN : stated[0].Value == last ? 1 : 0);
    }
}
