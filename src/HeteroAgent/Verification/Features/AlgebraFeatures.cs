using System.Collections.Frozen;

namespace HeteroAgent;

/// <summary>Signs of algebra and proof: variables, cases, theorems; and whether chained simplifications hold at sample points.</summary>
internal sealed class AlgebraFeatures : IFeatureGroup
{
    private static readonly FrozenSet<string> Cases = "case cases either otherwise respectively possibilities possible".Split(' ').ToFrozenSet();
    private static readonly FrozenSet<string> Theorems = "theorem formula identity lemma inequality law rule property pythagorean vieta's vieta heron cosines sines binomial bayes euclidean fermat's euler's amgm cauchy symmetry inclusion exclusion complement induction contradiction".Split(' ').ToFrozenSet();
    private static readonly FrozenSet<string> Geometry = "triangle circle angle perpendicular parallel midpoint radius diameter similar congruent bisector altitude area volume".Split(' ').ToFrozenSet();
    private static readonly FrozenSet<string> Counting = "ways choose arrangements permutations combinations probability arrange select outcomes".Split(' ').ToFrozenSet();
    private static readonly FrozenSet<string> Solving = "substitute substituting solve solving simplify simplifying factor factoring expand expanding equating dividing multiplying subtracting adding rearranging isolate".Split(' ').ToFrozenSet();

    public IReadOnlyList<string> Names { get; } =
    [
        "algebra.variables", "algebra.distinctVariables", "algebra.newVariables", "algebra.commands", "algebra.opaqueShare", "algebra.cases", "algebra.theorems", "algebra.geometry", "algebra.counting", "algebra.solving",
        "algebra.identities", "algebra.identitiesWrong", "algebra.identitiesWrongBefore", "algebra.powers", "algebra.fractions", "algebra.brackets", "algebra.unbalanced", "algebra.inequalities", "algebra.dots",
    ];

    public void Write(TraceText trace, int step, Span<float> values)
    {
        TextView view = trace.Steps[step];
        HashSet<string> variables = [];
        int occurrences = 0, opaque = 0, powers = 0, open = 0, close = 0, dots = 0;
        foreach (MathToken token in view.Tokens)
        {
            if (token.Kind == TokenKind.Word && token.Length == 1 && token.Text is not ("a" or "i"))
            {
                occurrences++;
                _ = variables.Add(token.Text);
            }

            opaque += token.Kind == TokenKind.Opaque ? 1 : 0;
            powers += token.Kind == TokenKind.Operator && token.Text == "^" ? 1 : 0;
            open += token.Kind == TokenKind.Open ? 1 : 0;
            close += token.Kind == TokenKind.Close ? 1 : 0;
        }

        string raw = view.Raw;
        int commands = 0, fractions = 0, inequalities = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            commands += raw[i] == '\\' ? 1 : 0;
            fractions += raw[i] == 'f' && string.CompareOrdinal(raw, i, "frac", 0, 4) == 0 ? 1 : 0;
            inequalities += raw[i] is '<' or '>' or '≤' or '≥' || (raw[i] == '\\' && (string.CompareOrdinal(raw, i, "\\le", 0, 3) == 0 || string.CompareOrdinal(raw, i, "\\ge", 0, 3) == 0)) ? 1 : 0;
            dots += raw[i] == '…' || (raw[i] == 'd' && string.CompareOrdinal(raw, i, "dots", 0, 4) == 0) ? 1 : 0;
        }

        int at = 0;
        values[at++] = occurrences;
        values[at++] = variables.Count;
        values[at++] = variables.Count(v => !trace.Asked.Letters.Contains(v));
        values[at++] = commands;
        values[at++] = view.Tokens.Count == 0 ? float.NaN : (float)opaque / view.Tokens.Count;
        values[at++] = view.Words.Count(Cases.Contains);
        values[at++] = view.Words.Count(Theorems.Contains);
        values[at++] = view.Words.Count(Geometry.Contains);
        values[at++] = view.Words.Count(Counting.Contains);
        values[at++] = view.Words.Count(Solving.Contains);
        values[at++] = view.Identities.Count;
        values[at++] = view.Identities.Count(static i => !i.Holds);
        values[at++] = trace.Totals[step].IdentitiesWrongBefore;
        values[at++] = powers;
        values[at++] = fractions;
        values[at++] = open;
        values[at++] = Math.Abs(open - close);
        values[at++] = inequalities;
        values[at] = dots;
    }
}
