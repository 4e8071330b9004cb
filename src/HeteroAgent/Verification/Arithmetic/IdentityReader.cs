namespace HeteroAgent;

/// <summary>Checks chained simplifications in variables: in <c>A = (x + 1)^2 = x^2 + 2x + 1</c> both sides of the second sign must agree at sample points.</summary>
/// <remarks>Only from the second sign of a chain on can a step be wrong: the first may state an equation to be solved, or define a name.</remarks>
internal static class IdentityReader
{
    private const int Samples = 3;
    private const int MostTokens = 4000;

    public static IReadOnlyList<Identity> Read(string normal, List<MathToken> tokens)
    {
        if (tokens.Count > MostTokens || !tokens.Exists(static t => t.Kind == TokenKind.Equals) || !tokens.Exists(static t => t.Kind == TokenKind.Word && t.Length <= 2))
        {
            return [];
        }

        List<MathToken> words = TokenRewriter.Rewrite(tokens);
        Dictionary<int, (Equation First, int Equal, int Read)> found = [];
        for (int sample = 0; sample < Samples; sample++)
        {
            foreach (Equation equation in EquationReader.Find(normal, VariableTokens.At(normal, words, sample)))
            {
                if (equation.Left.Variables.Length == 0 || equation.Left.Variables != equation.Right.Variables || equation.IsApproximate)
                {
                    continue;
                }

                (Equation First, int Equal, int Read) known = found.GetValueOrDefault(equation.Position, (equation, 0, 0));
                found[equation.Position] = (known.First, known.Equal + (equation.Status == EquationStatus.Right ? 1 : 0), known.Read + 1);
            }
        }

        List<Identity> identities = [];
        foreach ((Equation first, int equal, int read) in found.Values)
        {
            if (equal == read)
            {
                identities.Add(new Identity(first.Left.Text, first.Right.Text, true));
            }
            else if (equal == 0 && read == Samples && first.Left.IsChained)
            {
                identities.Add(new Identity(first.Left.Text, first.Right.Text, false));
            }
        }

        return identities;
    }
}
