using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>What a model costs, in US dollars per million tokens.</summary>
public sealed record ModelPrice
{
    /// <summary>Creates a price.</summary>
    /// <param name="inputPerMillion">Dollars per million input tokens, at least 0.</param>
    /// <param name="outputPerMillion">Dollars per million output tokens, reasoning included, at least 0.</param>
    /// <param name="cachedInputPerMillion">Dollars per million input tokens read from the provider's cache; <see langword="null"/> where they cost as much as others.</param>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative.</exception>
    public ModelPrice(decimal inputPerMillion, decimal outputPerMillion, decimal? cachedInputPerMillion = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputPerMillion);
        ArgumentOutOfRangeException.ThrowIfNegative(outputPerMillion);
        if (cachedInputPerMillion is { } cached)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cached, nameof(cachedInputPerMillion));
        }

        InputPerMillion = inputPerMillion;
        OutputPerMillion = outputPerMillion;
        CachedInputPerMillion = cachedInputPerMillion;
    }

    /// <summary>Gets the price of a model that runs in the caller's own process: nothing is paid for a token.</summary>
    public static ModelPrice Free { get; } = new(0, 0, 0);

    /// <summary>Gets the dollars per million input tokens.</summary>
    public decimal InputPerMillion { get; }

    /// <summary>Gets the dollars per million output tokens.</summary>
    public decimal OutputPerMillion { get; }

    /// <summary>Gets the dollars per million cached input tokens, or <see langword="null"/> where they cost as much as others.</summary>
    public decimal? CachedInputPerMillion { get; }

    /// <summary>Prices a number of tokens.</summary>
    /// <param name="inputTokens">The input tokens, cached ones included.</param>
    /// <param name="outputTokens">The output tokens, reasoning included.</param>
    /// <param name="cachedInputTokens">The part of the input tokens that came from the provider's cache.</param>
    /// <returns>US dollars.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public decimal Cost(long inputTokens, long outputTokens, long cachedInputTokens = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(outputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(cachedInputTokens);
        long cached = Math.Min(cachedInputTokens, inputTokens);
        return (((inputTokens - cached) * InputPerMillion) + (cached * (CachedInputPerMillion ?? InputPerMillion)) + (outputTokens * OutputPerMillion)) / 1_000_000m;
    }

    /// <summary>Prices the usage of one call.</summary>
    /// <param name="usage">The usage; counts that are not set are 0.</param>
    /// <returns>US dollars.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="usage"/> is <see langword="null"/>.</exception>
    public decimal Cost(UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return Cost(usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
    }
}
