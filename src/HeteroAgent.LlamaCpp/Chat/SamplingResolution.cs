using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Merges the knobs of a call: raw options first, then <see cref="ChatOptions"/>, then the defaults.</summary>
internal static class SamplingResolution
{
    internal static SamplingParameters Resolve(ChatOptions? options, LlamaSamplingOptions? raw)
    {
        SamplingParameters parameters = new()
        {
            Temperature = raw?.Temperature ?? options?.Temperature ?? 0,
            TopK = raw?.TopK ?? options?.TopK ?? 40,
            TopP = raw?.TopP ?? options?.TopP ?? 1,
            MinP = raw?.MinP ?? 0,
            RepeatPenalty = raw?.RepeatPenalty ?? 1,
            FrequencyPenalty = options?.FrequencyPenalty ?? 0,
            PresencePenalty = options?.PresencePenalty ?? 0,
            PenaltyWindow = raw?.PenaltyWindow ?? 64,
            Seed = raw?.Seed ?? (options?.Seed is { } seed ? unchecked((int)(seed ^ (seed >> 32))) : null),
        };
        Check(parameters.Temperature is >= 0 and <= 100, nameof(ChatOptions.Temperature), parameters.Temperature, "between 0 and 100");
        Check(parameters.TopK >= 0, nameof(ChatOptions.TopK), parameters.TopK, "at least 0 (0 for all tokens)");
        Check(parameters.TopP is > 0 and <= 1, nameof(ChatOptions.TopP), parameters.TopP, "above 0 and at most 1");
        Check(parameters.MinP is >= 0 and <= 1, nameof(LlamaSamplingOptions.MinP), parameters.MinP, "between 0 and 1");
        Check(parameters.RepeatPenalty > 0, nameof(LlamaSamplingOptions.RepeatPenalty), parameters.RepeatPenalty, "above 0");
        Check(float.IsFinite(parameters.FrequencyPenalty), nameof(ChatOptions.FrequencyPenalty), parameters.FrequencyPenalty, "finite");
        Check(float.IsFinite(parameters.PresencePenalty), nameof(ChatOptions.PresencePenalty), parameters.PresencePenalty, "finite");
        Check(parameters.PenaltyWindow >= 0, nameof(LlamaSamplingOptions.PenaltyWindow), parameters.PenaltyWindow, "at least 0");
        Check(raw is null || Enum.IsDefined(raw.Priority), nameof(LlamaSamplingOptions.Priority), raw?.Priority ?? default, "Background, Normal or Interactive");
        Check(options?.MaxOutputTokens is null or >= 1, nameof(ChatOptions.MaxOutputTokens), options?.MaxOutputTokens ?? 0, "at least 1");
        return parameters;
    }

    private static void Check(bool accepted, string name, object value, string range)
    {
        if (!accepted)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
