using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>The sizes of a llama model that is trained from nothing. Immutable.</summary>
/// <param name="Width">The numbers a token: a multiple of 32, from 32 to 4,096.</param>
/// <param name="Layers">The blocks, from 1 to 128.</param>
public sealed record ScratchShape(int Width, int Layers)
{
    /// <summary>Gets the attention heads; a head has <see cref="Width"/> over this many numbers, which must be even.</summary>
    /// <value>Default: one for every 32 numbers of the width, for every 64 from a width of 512 on.</value>
    public int Heads { get; init; } = Width >= 512 ? Width / 64 : Width / 32;

    /// <summary>Gets the numbers between the halves of the feed-forward layer.</summary>
    /// <value>Default: eleven quarters of the width.</value>
    public int FeedForward { get; init; } = Width * 11 / 4;

    /// <summary>Gets the longest text in tokens.</summary>
    /// <value>Default 1,024. From 16 to 131,072.</value>
    public int ContextLength { get; init; } = 1024;

    /// <summary>Reads a shape such as <c>128x4</c> (width and blocks) or <c>256x6x8</c> (with heads).</summary>
    /// <param name="text">The text.</param>
    /// <returns>The shape, validated.</returns>
    /// <exception cref="FormatException">The text is no shape, or one that cannot be trained.</exception>
    public static ScratchShape Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('x');
        int[] numbers = [.. parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)];
        if (numbers.Length is not (2 or 3) || numbers.Contains(-1))
        {
            throw new FormatException($"'{text}' is no shape: WIDTHxLAYERS such as 128x4, or WIDTHxLAYERSxHEADS, was expected.");
        }

        ScratchShape shape = new(numbers[0], numbers[1]);
        shape = numbers.Length == 3 ? shape with { Heads = numbers[2] } : shape;
        return shape.Problem is { } problem ? throw new FormatException($"'{text}' cannot be trained: {problem}.") : shape;
    }

    /// <summary>What keeps the shape from being trained, or null.</summary>
    internal string? Problem =>
        Width is < 32 or > 4096 || Width % 32 != 0 ? $"the width is {Width}; a multiple of 32 from 32 to 4096 was expected"
        : Layers is < 1 or > 128 ? $"there are {Layers} blocks; from 1 to 128 were expected"
        : Heads < 1 || Width % Heads != 0 || Width / Heads % 2 != 0 ? $"{Heads} heads do not share a width of {Width} out in even numbers"
        : FeedForward < 1 ? $"the feed-forward width is {FeedForward}"
        : ContextLength is < 16 or > 131_072 ? $"the context is {ContextLength}; from 16 to 131072 was expected"
        : null;
}
