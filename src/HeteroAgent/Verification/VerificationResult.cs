using System.Text.Json.Serialization;

namespace HeteroAgent;

/// <summary>What an <see cref="IProcessVerifier"/> found in one trace.</summary>
/// <remarks>
/// <para>Immutable and safe to share between threads.</para>
/// <para>The Reasoning Integrity Score is the mean of the step scores, and a trace is flawed below <see cref="FlawedBelow"/> (Advani, arXiv 2601.00513).</para>
/// </remarks>
public sealed record VerificationResult
{
    /// <summary>The Reasoning Integrity Score below which a trace is flawed: 0.8.</summary>
    public const double FlawedBelow = 0.8;

    /// <summary>Creates a result.</summary>
    /// <param name="steps">One score a step, in order; at least one.</param>
    /// <param name="firstError">The index of the first wrong step, or -1 where none was found.</param>
    /// <param name="reasons">Why steps were scored down.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no step, or a reason is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A score is outside [0, 1], or <paramref name="firstError"/> is neither -1 nor the index of a step.</exception>
    [JsonConstructor]
    public VerificationResult(IReadOnlyList<StepScore> steps, int firstError, IReadOnlyList<StepReason> reasons)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(reasons);
        if (steps.Count == 0)
        {
            throw new ArgumentException("A result has one score a step; there is none.", nameof(steps));
        }

        if (reasons.Contains(null!))
        {
            throw new ArgumentException("A reason is null.", nameof(reasons));
        }

        double sum = 0;
        foreach (StepScore step in steps)
        {
            if (!(step.Score is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(steps), step.Score, $"The score of step {step.Index} must lie between 0 and 1.");
            }

            sum += step.Score;
        }

        if (firstError < -1 || firstError >= steps.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(firstError), firstError, $"The first error is -1 or the index of one of {steps.Count} steps.");
        }

        Steps = steps;
        FirstError = firstError;
        Reasons = reasons;
        IntegrityScore = sum / steps.Count;
    }

    /// <summary>Gets one score a step, in order.</summary>
    public IReadOnlyList<StepScore> Steps { get; }

    /// <summary>Gets the Reasoning Integrity Score: the mean of the step scores, in [0, 1].</summary>
    public double IntegrityScore { get; }

    /// <summary>Gets whether the trace is flawed: its <see cref="IntegrityScore"/> is below <see cref="FlawedBelow"/>.</summary>
    public bool IsFlawed => IntegrityScore < FlawedBelow;

    /// <summary>Gets the index of the first wrong step, from 0, or -1 where none was found.</summary>
    public int FirstError { get; }

    /// <summary>Gets why steps were scored down, in the order of the steps; empty where nothing readable speaks against them.</summary>
    public IReadOnlyList<StepReason> Reasons { get; }

    /// <summary>Gets whether the verifier does not know this kind of trace, so that its scores should decide nothing.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool IsAbstained { get; init; }

    /// <summary>Gets the kind of trace whose calibration was used, such as <c>arithmetic</c>; <see langword="null"/> where the verifier has only one.</summary>
    public string? Domain { get; init; }
}
