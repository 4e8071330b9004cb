namespace HeteroAgent;

/// <summary>What was counted up to a step, and what follows it, so that no group of features walks the trace again.</summary>
internal sealed record StepTotals
{
    public int EquationsBefore { get; init; }

    public int WrongBefore { get; init; }

    public int IdentitiesWrongBefore { get; init; }

    public int InexactBefore { get; init; }

    public int WrongLater { get; set; }

    public int NowhereBefore { get; init; }

    public int FirstUsesBefore { get; init; }

    /// <summary>Numbers of the step that occur neither in the question nor before, and are no result of an equation.</summary>
    public int Fresh { get; init; }

    /// <summary>The largest number up to this step, the question's included.</summary>
    public double LargestBefore { get; init; }

    /// <summary>The share of the words of content that the question and the steps before did not have.</summary>
    public float NewWords { get; init; }

    public bool RepeatsStep { get; init; }

    /// <summary>The result reached last, this step included.</summary>
    public Rational? LastResult { get; init; }

    public double CharactersBefore { get; init; }

    public static StepTotals[] Of(QuestionText question, IReadOnlyList<TextView> steps, StepFlow[] flows)
    {
        var totals = new StepTotals[steps.Count];
        HashSet<string> words = [.. question.View.Content], texts = new(StringComparer.Ordinal);
        HashSet<Rational> values = [.. question.View.Values];
        int equations = 0, wrong = 0, inexact = 0, identities = 0, nowhere = 0, firstUses = 0;
        double largest = question.Largest, characters = 0;
        Rational? lastResult = null;
        for (int i = 0; i < steps.Count; i++)
        {
            TextView view = steps[i];
            lastResult = view.Results.Count > 0 ? view.Results[^1] : lastResult;
            totals[i] = new StepTotals
            {
                EquationsBefore = equations,
                WrongBefore = wrong,
                IdentitiesWrongBefore = identities,
                InexactBefore = inexact,
                NowhereBefore = nowhere,
                FirstUsesBefore = firstUses,
                Fresh = view.Values.Count(v => !values.Contains(v) && !view.Results.Contains(v)),
                LargestBefore = largest,
                NewWords = view.Content.Count == 0 ? float.NaN : 1 - Overlap.Covered(view.Content, words),
                RepeatsStep = !texts.Add(view.Raw),
                LastResult = lastResult,
                CharactersBefore = characters,
            };

            equations += view.Equations.Count;
            wrong += view.WrongCount;
            identities += view.Identities.Count(static d => !d.Holds);
            inexact += view.Equations.Count(static e => e.Status is EquationStatus.Rounded or EquationStatus.Truncated or EquationStatus.Forced);
            nowhere += flows[i].Nowhere.Count;
            firstUses += flows[i].FirstUses;
            characters += view.Raw.Length;
            words.UnionWith(view.Content);
            values.UnionWith(view.Values);
            foreach (Quantity quantity in view.Quantities)
            {
                largest = Math.Max(largest, Math.Abs(quantity.Value.ToDouble()));
            }
        }

        int later = 0;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            totals[i].WrongLater = later;
            later += steps[i].WrongCount;
        }

        return totals;
    }
}
