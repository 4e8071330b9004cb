namespace HeteroAgent.Onnx;

/// <summary>A trace of which it is known where its first error stands: what a process verifier is trained on.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed record LabeledTrace
{
    /// <summary>The value of <see cref="FirstError"/> for a flawed trace whose wrong step is not known.</summary>
    public const int SomewhereWrong = -2;

    private readonly double _weight = 1;

    /// <summary>Creates a labelled trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="firstError">The index of the first wrong step, -1 where all are right, or <see cref="SomewhereWrong"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="trace"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstError"/> is no step of the trace.</exception>
    public LabeledTrace(ReasoningTrace trace, int firstError)
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (firstError < SomewhereWrong || firstError >= trace.Steps.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(firstError), firstError, $"The first error is -1 (none), -2 (somewhere) or the index of one of {trace.Steps.Count} steps.");
        }

        Trace = trace;
        FirstError = firstError;
    }

    /// <summary>Gets the trace.</summary>
    public ReasoningTrace Trace { get; }

    /// <summary>Gets the index of the first wrong step, -1 where all are right, or <see cref="SomewhereWrong"/>.</summary>
    public int FirstError { get; }

    /// <summary>Gets whether any step is wrong.</summary>
    public bool IsFlawed => FirstError != -1;

    /// <summary>Gets how much the trace counts in training.</summary>
    /// <value>Default 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Weight
    {
        get => _weight;
        init => _weight = double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A weight is finite and at least 0.");
    }

    /// <summary>Gets whether the label was inferred rather than given by a person. Weak labels train the trees and choose no threshold.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool IsWeak { get; init; }

    /// <summary>Gets what keeps traces together when data are split: those of one group are never on both sides.</summary>
    /// <value>Default <see langword="null"/>: the letters and digits of the question.</value>
    public string? Group { get; init; }

    internal string SplitKey => Group ?? string.Concat(Trace.Question.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
