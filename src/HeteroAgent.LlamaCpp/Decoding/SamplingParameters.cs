namespace HeteroAgent.LlamaCpp;

/// <summary>The resolved knobs of a <see cref="Sampler"/>.</summary>
internal sealed record SamplingParameters
{
    internal float Temperature { get; init; }

    internal int TopK { get; init; } = 40;

    internal float TopP { get; init; } = 1;

    internal float MinP { get; init; }

    internal float RepeatPenalty { get; init; } = 1;

    internal float FrequencyPenalty { get; init; }

    internal float PresencePenalty { get; init; }

    internal int PenaltyWindow { get; init; } = 64;

    internal int? Seed { get; init; }
}
