namespace HeteroAgent.LlamaCpp;

/// <summary>A label and its probability.</summary>
/// <param name="Label">The label.</param>
/// <param name="Probability">Its calibrated probability among the labels of the head, in [0, 1].</param>
public readonly record struct LabelProbability(string Label, double Probability);
