namespace HeteroAgent.LlamaCpp;

/// <summary>Everything that a training run needs to go on: what a checkpoint holds.</summary>
internal sealed class TrainingState
{
    /// <summary>What the run is: its settings, data and shape. A checkpoint of another run is refused.</summary>
    internal required string Fingerprint { get; init; }

    internal required float[] Values { get; init; }

    internal required float[] FirstMoment { get; init; }

    internal required float[] SecondMoment { get; init; }

    /// <summary>The moving average of the values, or empty.</summary>
    internal required float[] Average { get; init; }

    /// <summary>The best values so far, or empty before the first validation.</summary>
    internal float[] Best { get; set; } = [];

    internal int Step { get; set; }

    internal int Steps { get; set; }

    internal double Seconds { get; set; }

    internal double BestGoodness { get; set; } = double.NegativeInfinity;

    internal int ValidationsSinceBest { get; set; }

    /// <summary>Each step's loss.</summary>
    internal List<float> Losses { get; } = [];

    /// <summary>Each validation's step, loss and metric; not-a-number for what was not measured.</summary>
    internal List<(int Step, float Loss, float Metric)> Validations { get; } = [];
}
