namespace HeteroAgent.LlamaCpp;

/// <summary>What a training run trains, and on what.</summary>
internal sealed class TrainingTask
{
    internal required ParameterSet Parameters { get; init; }

    /// <summary>Sums the loss of a batch and adds its gradient, scaled, to that of the pass.</summary>
    internal required Func<NetworkPass, PackedBatch, float, double> LossAndGradient { get; init; }

    internal required ITrainingData Data { get; init; }

    /// <summary>Measures the given values, which are pinned, on the validation examples.</summary>
    internal Func<float[], CancellationToken, ValidationResult>? Validate { get; init; }

    /// <summary>What sets this run apart from others: base, data and shape.</summary>
    internal required string Fingerprint { get; init; }
}
