using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a response or a message what a process verifier found in it.</summary>
public static class ChatResponseVerificationExtensions
{
    /// <summary>Gets what the verifier found.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The result, or <see langword="null"/> where no step was scored: no verifier took part, the answer only calls tools, or it is the frontier model's.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static VerificationResult? GetVerification(this ChatResponse response) => VerificationRecord.Slot.Read(response)?.Result;

    /// <summary>Gets what the verifier found in a message.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The result, or <see langword="null"/> where no step was scored.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static VerificationResult? GetVerification(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return VerificationRecord.From(message.AdditionalProperties)?.Result;
    }

    /// <summary>Tells whether a verifier was asked and would not judge: it does not know this kind of trace, or there was no reasoning to score.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>Whether it abstained; <see langword="false"/> too where no verifier took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static bool IsVerificationAbstained(this ChatResponse response) => VerificationRecord.Slot.Read(response)?.IsAbstained == true;
}
