namespace HeteroAgent.Benchmarks.Structured;

/// <summary>What one contender did with one case.</summary>
/// <param name="Cold">The answer with nothing of the prompt in the cache; null where the case was refused.</param>
/// <param name="Warm">The later answers, with the prompt in the cache.</param>
/// <param name="Error">Why the case was refused.</param>
internal sealed record ContenderResult(Answer? Cold, IReadOnlyList<Answer> Warm, string? Error)
{
    /// <summary>The median time with the prompt in the cache.</summary>
    internal double? Milliseconds => Warm.Count > 0 ? Median.Of(Warm.Select(a => a.Milliseconds)) : null;

    internal double? ColdMilliseconds => Cold?.Milliseconds;

    /// <summary>The last answer.</summary>
    internal Answer? Last => Warm.Count > 0 ? Warm[^1] : Cold;

    /// <summary>Whether the last answer satisfies the schema; null where nobody knows.</summary>
    internal bool? Valid { get; set; }

    /// <summary>Whether the spans of the last answer stand in the request; null where it has none.</summary>
    internal bool? Spans { get; set; }
}
