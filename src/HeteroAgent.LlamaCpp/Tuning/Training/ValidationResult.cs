namespace HeteroAgent.LlamaCpp;

/// <summary>What a validation found.</summary>
/// <param name="Loss">The mean cross-entropy a target in nats, or null where only the metric is measured.</param>
/// <param name="Metric">The task's own metric in [0, 1], higher is better, or null.</param>
internal sealed record ValidationResult(double? Loss, double? Metric)
{
    /// <summary>What is compared: the metric, else the loss; higher is better.</summary>
    internal double Goodness => Metric ?? -Loss ?? double.NegativeInfinity;
}
