namespace HeteroAgent.LlamaCpp;

/// <summary>Arithmetic on shortest lengths in bytes, where what cannot be finished is infinitely long.</summary>
internal static class Lengths
{
    /// <summary>Longer than any document: the sum of two still fits an int.</summary>
    public const int Infinite = 1 << 29;

    /// <summary>The sum, at most <see cref="Infinite"/>.</summary>
    public static int Add(int x, int y) => Math.Min(x + y, Infinite);

    /// <summary>The product, at most <see cref="Infinite"/>.</summary>
    public static int Multiply(int x, int y) => (int)Math.Min((long)x * y, Infinite);
}
