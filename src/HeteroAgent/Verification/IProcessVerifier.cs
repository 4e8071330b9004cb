namespace HeteroAgent;

/// <summary>Scores each step of a reasoning trace: a process verifier, also called a process reward model.</summary>
/// <remarks>An implementation must be safe for concurrent use.</remarks>
public interface IProcessVerifier
{
    /// <summary>Scores one trace.</summary>
    /// <param name="trace">The question, the steps, and what else is known about them. A trace that is not complete is scored without looking ahead.</param>
    /// <param name="cancellationToken">Cancels the scoring.</param>
    /// <returns>One score a step, and what follows for the whole trace.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="trace"/> is <see langword="null"/>.</exception>
    ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default);
}
