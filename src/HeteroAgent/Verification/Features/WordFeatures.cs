namespace HeteroAgent;

/// <summary>The words that a step shares with the question and with its neighbours, and whether its operations agree with them.</summary>
internal sealed class WordFeatures : IFeatureGroup
{
    public IReadOnlyList<string> Names { get; } =
    [
        "words.question", "words.questionCovered", "words.asked", "words.previous", "words.fromPrevious", "words.new", "words.next", "words.sentence",
        "words.plusKeys", "words.minusKeys", "words.timesKeys", "words.dividedKeys", "words.sentencePlus", "words.sentenceMinus", "words.sentenceTimes", "words.sentenceDivided",
        "words.plusUnasked", "words.minusUnasked", "words.timesUnasked", "words.dividedUnasked", "words.minusMissed", "words.timesMissed", "words.dividedMissed", "words.plusMissed",
        "words.questionPlus", "words.questionMinus", "words.questionTimes", "words.questionDivided", "words.asksDifference", "words.asksTotal", "words.asksLeft", "words.asksPercent", "words.asksEach", "words.asksCount", "words.nounNamed",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        TextView view = trace.Steps[step];
        TextView? previous = step > 0 ? trace.Steps[step - 1] : null;
        TextView? next = trace.IsComplete && !trace.IsLast(step) ? trace.Steps[step + 1] : null;
        QuestionText question = trace.Asked;
        Sentence? sentence = question.Closest(view.Content);
        OperationKeys here = OperationKeys.Of(view.Words), near = sentence?.Keys ?? default, whole = question.Keys;
        int plus = 0, minus = 0, times = 0, divided = 0;
        foreach (Equation equation in view.Equations)
        {
            foreach (char sign in equation.Computed.Operators)
            {
                plus += sign == '+' ? 1 : 0;
                minus += sign == '-' ? 1 : 0;
                times += sign == '*' ? 1 : 0;
                divided += sign == '/' ? 1 : 0;
            }
        }

        int at = 0;
        values[at++] = Overlap.Jaccard(view.Content, question.View.Content);
        values[at++] = Overlap.Covered(view.Content, question.View.Content);
        values[at++] = Overlap.Covered(question.Asked, view.Content);
        values[at++] = previous is null ? float.NaN : Overlap.Jaccard(view.Content, previous.Content);
        values[at++] = previous is null ? float.NaN : Overlap.Covered(view.Content, previous.Content);
        values[at++] = trace.Totals[step].NewWords;
        values[at++] = next is null ? float.NaN : Overlap.Jaccard(view.Content, next.Content);
        values[at++] = sentence is null ? 0 : Overlap.Covered(sentence.Content, view.Content);
        values[at++] = here.Plus;
        values[at++] = here.Minus;
        values[at++] = here.Times;
        values[at++] = here.Divided;
        values[at++] = near.Plus;
        values[at++] = near.Minus;
        values[at++] = near.Times;
        values[at++] = near.Divided;
        values[at++] = plus > 0 && here.Plus + near.Plus == 0 ? 1 : 0;
        values[at++] = minus > 0 && here.Minus + near.Minus == 0 ? 1 : 0;
        values[at++] = times > 0 && here.Times + near.Times == 0 ? 1 : 0;
        values[at++] = divided > 0 && here.Divided + near.Divided == 0 ? 1 : 0;
        bool computes = view.Equations.Count > 0;
        values[at++] = computes && minus == 0 && near.Minus > 0 ? 1 : 0;
        values[at++] = computes && times + divided == 0 && near.Times > 0 ? 1 : 0;
        values[at++] = computes && divided + times == 0 && near.Divided > 0 ? 1 : 0;
        values[at++] = computes && plus == 0 && near.Plus > 0 ? 1 : 0;
        values[at++] = whole.Plus;
        values[at++] = whole.Minus;
        values[at++] = whole.Times;
        values[at++] = whole.Divided;
        values[at++] = question.AsksDifference ? 1 : 0;
        values[at++] = question.AsksTotal ? 1 : 0;
        values[at++] = question.AsksLeft ? 1 : 0;
        values[at++] = question.AsksPercent ? 1 : 0;
        values[at++] = question.AsksEach ? 1 : 0;
        values[at++] = question.IsCount ? 1 : 0;
        values[at] = question.Noun.Length == 0 ? float.NaN : view.Content.Contains(question.Noun) ? 1 : 0;
    }
}
