namespace HeteroAgent;

/// <summary>How an <see cref="AnswerScorer"/> is fitted.</summary>
internal sealed record AnswerScorerOptions
{
    internal double L2 { get; init; } = 200;

    internal double TreeWeight { get; init; } = 0.6;

    internal double PriorWeight { get; init; } = 0.6;

    internal GradientBoostedTreesOptions Trees { get; init; } = new() { Trees = 120, Leaves = 6, LearningRate = 0.05, FeatureFraction = 0.3, RowFraction = 0.7, MinLeafRows = 10, MinLeafHessian = 2, L2 = 5, Bins = 32 };
}
