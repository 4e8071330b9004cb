namespace HeteroAgent;

/// <summary>What a <see cref="ReplayEvaluator"/> measured on a log. Shares and accuracies are in [0, 1]; intervals are 95 % bootstrap intervals over prompts, for the scores as fitted.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed record ReplayReport
{
    /// <summary>Gets the number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>Gets how many rows repeat an earlier prompt.</summary>
    public required int DuplicatePrompts { get; init; }

    /// <summary>Gets the number of features that were looked at.</summary>
    public int FeatureCount { get; init; }

    /// <summary>Gets the number of rows on which everything was fitted; 0 where it was fitted out of fold on the log itself.</summary>
    public int FittedOn { get; init; }

    /// <summary>Gets the accuracy of the weak model alone.</summary>
    public required Estimate WeakAccuracy { get; init; }

    /// <summary>Gets the accuracy of the strong model alone.</summary>
    public required Estimate StrongAccuracy { get; init; }

    /// <summary>Gets the area under the ROC curve of "the weak answer is wrong": 0.5 for chance.</summary>
    public Estimate AucWeakWrong { get; init; }

    /// <summary>Gets the average performance gap recovered (RouteLLM): 0.5 for a random choice.</summary>
    public Estimate Apgr { get; init; }

    /// <summary>Gets the share of calls to the strong model that recovers half of the gap between the models (RouteLLM).</summary>
    public Estimate Cpt50 { get; init; }

    /// <summary>Gets the share of calls to the strong model that recovers 80 % of the gap.</summary>
    public Estimate Cpt80 { get; init; }

    /// <summary>Gets the share of calls to the strong model at which the pair has 95 % of the strong model's accuracy.</summary>
    public Estimate CallsAt95OfStrong { get; init; }

    /// <summary>Gets the share of calls to the strong model that recovers 95 % of the gap.</summary>
    public Estimate CallsAt95OfGap { get; init; }

    /// <summary>Gets the share of calls that a random choice needs for 95 % of the strong model's accuracy, exactly.</summary>
    public Estimate RandomCallsAt95OfStrong { get; init; }

    /// <summary>Gets by how much <see cref="Apgr"/> exceeds the 0.5 of a random choice.</summary>
    public Estimate ApgrOverRandom { get; init; }

    /// <summary>Gets how much smaller <see cref="CallsAt95OfStrong"/> is than <see cref="RandomCallsAt95OfStrong"/>.</summary>
    public Estimate CallsSavedOverRandom { get; init; }

    /// <summary>Gets the cost at 95 % of the strong model's accuracy as a share of the cost of the strong model alone; the weak model is paid for every call. No value where the log has no prices.</summary>
    public Estimate CostAt95OfStrong { get; init; }

    /// <summary>Gets the share of calls to the strong model where the threshold for 95 % of its accuracy is chosen on other rows than those it is used on: what a user would see.</summary>
    public Estimate HeldOutCalls { get; init; }

    /// <summary>Gets the accuracy of the pair under that threshold, as a share of the strong model's: above or below the 95 % aimed at, by chance.</summary>
    public Estimate HeldOutShareOfStrong { get; init; }

    /// <summary>Gets the risk against coverage, from 5 % to 100 % of the weak answers kept.</summary>
    public IReadOnlyList<RiskCoveragePoint> RiskCoverage { get; init; } = [];

    /// <summary>Gets whether routing pays.</summary>
    public required ReplayVerdict Verdict { get; init; }

    /// <summary>Gets the verdict with its reason, for a person.</summary>
    public required string VerdictText { get; init; }

    /// <summary>Gets the same measures where the data's own marks were taken out of the answers first; <see langword="null"/> where that was not asked for.</summary>
    public ReplayReport? WithoutMarks { get; init; }
}
