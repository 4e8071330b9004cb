namespace HeteroAgent;

/// <summary>A question and the steps that a model took towards its answer: what an <see cref="IProcessVerifier"/> scores.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public sealed record ReasoningTrace
{
    /// <summary>Creates a trace.</summary>
    /// <param name="question">What was asked; it may be empty where it is not known, and then nothing can be grounded in it.</param>
    /// <param name="steps">The steps in the order they were written, at least one. A step may be empty text.</param>
    /// <exception cref="ArgumentNullException">An argument or a step is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="steps"/> is empty.</exception>
    public ReasoningTrace(string question, IReadOnlyList<string> steps)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(steps);
        string[] copy = [.. steps];
        if (copy.Length == 0)
        {
            throw new ArgumentException("A trace has at least one step; this one has none.", nameof(steps));
        }

        int missing = Array.IndexOf(copy, null);
        if (missing >= 0)
        {
            throw new ArgumentNullException(nameof(steps), $"Step {missing} is null; a step is text, which may be empty.");
        }

        Question = question;
        Steps = copy;
    }

    /// <summary>Gets what was asked.</summary>
    public string Question { get; }

    /// <summary>Gets the steps in the order they were written; at least one.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Gets the final answer, where it was given apart from the steps.</summary>
    /// <value>Default <see langword="null"/>: the answer stands in the last step.</value>
    public string? Answer { get; init; }

    /// <summary>Gets the passages that the model was given, in which a number or name may be grounded.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<string> Context { get; init; } = [];

    /// <summary>Gets the log-probabilities of each step's tokens, one list a step in the order of <see cref="Steps"/>, where the model that wrote them recorded them.</summary>
    /// <value>Default empty: not known.</value>
    public IReadOnlyList<IReadOnlyList<TokenLogprob>> Logprobs { get; init; } = [];

    /// <summary>Gets whether the last step is the end of the trace. A trace that is still being written is scored without anything that only its end could tell.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool IsComplete { get; init; } = true;
}
