namespace HeteroAgent;

/// <summary>The answers that a trace states: the final one, and those before it.</summary>
internal sealed class FinalAnswer
{
    private static readonly string[] Marks = ["\\boxed{", "\\fbox{", "<answer>", "####", "answer is", "answer:", "Answer:", "A: "];

    private FinalAnswer(string? text, Rational? value, int stepOfFirst, int candidates, bool differs)
    {
        Text = text;
        Value = value;
        FirstStep = stepOfFirst;
        Candidates = candidates;
        Differs = differs;
    }

    /// <summary>The final answer as it was written, or <see langword="null"/> where none is marked.</summary>
    public string? Text { get; }

    /// <summary>Its number, or none.</summary>
    public Rational? Value { get; }

    /// <summary>The first step that states an answer, or -1.</summary>
    public int FirstStep { get; }

    /// <summary>The different numbers that were stated as answers.</summary>
    public int Candidates { get; }

    /// <summary>Whether an earlier step stated another answer.</summary>
    public bool Differs { get; }

    public static FinalAnswer Of(ReasoningTrace trace, IReadOnlyList<TextView> steps)
    {
        string? last = null;
        Rational? value = null;
        int first = -1;
        HashSet<Rational> stated = [];
        for (int i = 0; i < steps.Count; i++)
        {
            if (Find(steps[i].Raw) is { } found)
            {
                last = found;
                first = first < 0 ? i : first;
                if (NumberOf(found) is { } number)
                {
                    _ = stated.Add(number);
                    value = number;
                }
                else
                {
                    value = null;
                }
            }
        }

        if (trace.Answer is { } given)
        {
            last = given;
            value = NumberOf(given);
        }
        else if (last is null && trace.IsComplete)
        {
            // No mark: the last result of the last step, or its last number.
            value = steps[^1].Results.Count > 0 ? steps[^1].Results[^1] : steps[^1].Quantities.LastOrDefault(static q => !q.IsWord)?.Value;
        }

        return new FinalAnswer(last, value, first, stated.Count, value is { } v ? stated.Any(s => !s.Equals(v)) : stated.Count > 1);
    }

    /// <summary>What follows the last mark of an answer in a text.</summary>
    public static string? Find(string raw)
    {
        int best = -1, length = 0;
        foreach (string mark in Marks)
        {
            int at = raw.LastIndexOf(mark, StringComparison.Ordinal);
            if (at > best && (mark != "A: " || at == 0 || raw[at - 1] == '\n'))
            {
                (best, length) = (at, mark.Length);
            }
        }

        if (best < 0)
        {
            return null;
        }

        int start = best + length, end = start, depth = 0;
        while (end < raw.Length && end - start < 200 && raw[end] is not '\n' and not '<')
        {
            depth += raw[end] == '{' ? 1 : raw[end] == '}' ? -1 : 0;
            if (depth < 0)
            {
                break;
            }

            end++;
        }

        return raw[start..end].Trim();
    }

    private static Rational? NumberOf(string text)
    {
        string normal = MathText.Normalize(text.Length > 200 ? text[..200] : text);
        List<MathToken> tokens = MathTokenizer.Read(normal);
        int index = tokens.FindIndex(static t => t.Kind == TokenKind.Number);
        if (index < 0 || tokens.Exists(static t => t.Kind == TokenKind.Opaque) || tokens.Exists(static t => t.Kind == TokenKind.Word && t.Length == 1 && t.Text is not "a"))
        {
            return null;
        }

        // A fraction or a negative number is read as one; of "5 apples and 3 pears" the first number is taken.
        int stop = index + 1;
        int start = index;
        while (start > 0 && tokens[start - 1].Kind is TokenKind.Open or TokenKind.Operator)
        {
            start--;
        }

        while (stop < tokens.Count && tokens[stop].Kind is TokenKind.Operator or TokenKind.Number or TokenKind.Open or TokenKind.Close)
        {
            stop++;
        }

        return ExpressionParser.Evaluate(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens)[start..stop], ExpressionReading.Usual) ?? tokens[index].Value;
    }
}
