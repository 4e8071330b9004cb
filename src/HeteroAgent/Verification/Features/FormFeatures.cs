namespace HeteroAgent;

/// <summary>What a step looks like and where it stands.</summary>
internal sealed class FormFeatures : IFeatureGroup
{
    private const int Reach = 20;

    public IReadOnlyList<string> Names { get; } =
    [
        "form.characters", "form.words", "form.sentences", "form.lines", "form.numbers", "form.digitShare", "form.index", "form.count", "form.position", "form.left", "form.isLast",
        "form.hasBoxed", "form.hasAnswer", "form.marks", "form.markdown", "form.stepLabel", "form.latexShare", "form.equalsSigns", "form.question", "form.colonEnd",
        "form.repeatedWords", "form.identical", "form.relativeLength", "form.questionWords", "form.questionNumbers", "form.distinctShare", "form.wordLength",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        TextView view = trace.Steps[step];
        string raw = view.Raw;
        int digits = 0, latex = 0, sentences = 0, lines = 1, equals = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            char c = raw[i];
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            latex += c is '\\' or '{' or '}' or '^' or '_' ? 1 : 0;
            sentences += c is '.' or '!' or '?' && (i + 1 == raw.Length || char.IsWhiteSpace(raw[i + 1])) ? 1 : 0;
            lines += c == '\n' ? 1 : 0;
            equals += c == '=' ? 1 : 0;
        }

        int length = Math.Max(1, raw.Length);
        int count = trace.Steps.Count;
        int best = 0;
        for (int i = Math.Max(0, step - Reach); i < step; i++)
        {
            best = Math.Max(best, Overlap.Shared(view.Content, trace.Steps[i].Content));
        }

        int at = 0;
        values[at++] = raw.Length;
        values[at++] = view.Words.Count;
        values[at++] = sentences;
        values[at++] = lines;
        values[at++] = view.Quantities.Count;
        values[at++] = (float)digits / length;
        values[at++] = step;
        values[at++] = trace.IsComplete ? count : float.NaN;
        values[at++] = trace.IsComplete ? (step + 1f) / count : float.NaN;
        values[at++] = trace.IsComplete ? count - 1 - step : float.NaN;
        values[at++] = trace.IsComplete ? Flag(step == count - 1) : float.NaN;
        values[at++] = Flag(raw.Contains("\\boxed", StringComparison.Ordinal));
        values[at++] = Flag(raw.Contains("answer", StringComparison.OrdinalIgnoreCase) || raw.StartsWith("A:", StringComparison.Ordinal) || raw.Contains("####", StringComparison.Ordinal));
        values[at++] = Flag(raw.Contains("<<", StringComparison.Ordinal));
        values[at++] = Flag(raw.Contains("**", StringComparison.Ordinal) || raw.StartsWith('#'));
        values[at++] = Flag(raw.AsSpan().TrimStart("*# ").StartsWith("step ", StringComparison.OrdinalIgnoreCase));
        values[at++] = (float)latex / length;
        values[at++] = equals;
        values[at++] = Flag(raw.Contains('?', StringComparison.Ordinal));
        values[at++] = Flag(raw.AsSpan().TrimEnd().EndsWith(":"));
        values[at++] = view.Content.Count == 0 ? float.NaN : (float)best / view.Content.Count;
        values[at++] = Flag(trace.Totals[step].RepeatsStep);
        values[at++] = step == 0 ? float.NaN : (float)(raw.Length / Math.Max(1, trace.Totals[step].CharactersBefore / step));
        values[at++] = trace.Question.Words.Count;
        values[at++] = trace.Question.Quantities.Count;
        values[at++] = view.Words.Count == 0 ? float.NaN : (float)view.Content.Count / view.Words.Count;
        values[at] = view.Words.Count == 0 ? float.NaN : (float)view.Words.Average(static w => w.Length);
    }

    private static float Flag(bool value) => value ? 1 : 0;
}
