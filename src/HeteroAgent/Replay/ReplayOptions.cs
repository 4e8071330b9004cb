namespace HeteroAgent;

/// <summary>How a log is replayed.</summary>
/// <remarks>Immutable. The ranges are checked when the replay starts.</remarks>
public sealed record ReplayOptions
{
    /// <summary>Gets the number of folds, from 2 to 100: each row is scored by models that were fitted without its fold, and rows with one prompt share a fold.</summary>
    /// <value>Default 10.</value>
    public int Folds { get; init; } = 10;

    /// <summary>Gets how often the rows are dealt into folds anew, from 1 to 100; a row's score is the mean.</summary>
    /// <value>Default 4.</value>
    public int Repeats { get; init; } = 4;

    /// <summary>Gets the number of bootstrap samples behind the intervals, from 100 to 100,000.</summary>
    /// <value>Default 1,000.</value>
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>Gets the seed of folds, trees and bootstrap.</summary>
    /// <value>Default 0. The same log and options give the same report.</value>
    public int Seed { get; init; }

    /// <summary>Gets whether features may look at marks that a data set put into the answers: GSM8K's calculations in <c>&lt;&lt;…&gt;&gt;</c> and its <c>####</c> before the final number. Answers in production have none.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool UseMarks { get; init; } = true;

    /// <summary>Gets whether the report holds a second one in which the marks were taken out of the texts first.</summary>
    /// <value>Default <see langword="true"/>; without effect where <see cref="UseMarks"/> is <see langword="false"/>.</value>
    public bool ReportWithoutMarks { get; init; } = true;

    /// <summary>Gets what other data taught about correct answers, whose opinion becomes one more feature.</summary>
    /// <value>Default <see langword="null"/>: the log's own rows are all there is.</value>
    public AnswerPrior? Prior { get; init; }

    internal void Validate()
    {
        Require(Folds is >= 2 and <= 100, nameof(Folds), Folds, "from 2 to 100");
        Require(Repeats is >= 1 and <= 100, nameof(Repeats), Repeats, "from 1 to 100");
        Require(BootstrapSamples is >= 100 and <= 100_000, nameof(BootstrapSamples), BootstrapSamples, "from 100 to 100,000");
    }

    private static void Require(bool holds, string name, int value, string accepted)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {accepted}.");
        }
    }
}
