namespace HeteroAgent;

/// <summary>How a <see cref="RiskCalibration"/> is made.</summary>
/// <remarks>Immutable.</remarks>
public sealed record RiskCalibrationOptions
{
    /// <summary>Gets the model that gave the answers, as <c>ChatResponse.ModelId</c> names it. The policies trust no answer of another model.</summary>
    /// <value>Default <see langword="null"/>: what the labelled calls agree on; where none of them names a model, answers are not checked for it.</value>
    public string? ModelId { get; init; }

    /// <summary>Gets a name for the prompt and whatever else shapes the answers, such as a hash of the instructions or of the policy below. It is stored, and compared by <see cref="RiskCalibration.EnsureMatches"/>.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public string? PromptVersion { get; init; }

    /// <summary>Gets the share of the labelled calls that is kept from fitting and calibrates the threshold, in (0, 1).</summary>
    /// <value>Default 0.5.</value>
    public double CalibrationShare { get; init; } = 0.5;

    /// <summary>Gets the seed of the split.</summary>
    /// <value>Default 0.</value>
    public int Seed { get; init; }

    /// <summary>Gets how P(correct) is fitted.</summary>
    /// <value>The defaults of <see cref="CorrectnessModelOptions"/>.</value>
    public CorrectnessModelOptions Model { get; init; } = new();

    /// <summary>Gets the clock that dates the file.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
