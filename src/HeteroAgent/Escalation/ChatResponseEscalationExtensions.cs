using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a response, a message or an update which model answered and why.</summary>
public static class ChatResponseEscalationExtensions
{
    /// <summary>Gets which model answered and why.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The record, or <see langword="null"/> where no escalating client took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static EscalationRecord? GetEscalation(this ChatResponse response) => EscalationRecord.Slot.Read(response);

    /// <summary>Gets which model wrote a message and why.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The record, or <see langword="null"/> where no escalating client took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static EscalationRecord? GetEscalation(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return EscalationRecord.From(message.AdditionalProperties);
    }

    /// <summary>Gets which model answered: <see cref="Routes.Local"/> or <see cref="Routes.Frontier"/>.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The route, or <see langword="null"/> where no escalating client took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetRoute(this ChatResponse response) => response.GetEscalation()?.Route;

    /// <summary>Gets which model wrote a message: <see cref="Routes.Local"/> or <see cref="Routes.Frontier"/>.</summary>
    /// <param name="message">The message to read.</param>
    /// <returns>The route, or <see langword="null"/> where no escalating client took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    public static string? GetRoute(this ChatMessage message) => message.GetEscalation()?.Route;

    /// <summary>Gets which model speaks in an update of a stream.</summary>
    /// <param name="update">The update to read.</param>
    /// <returns>The route, or <see langword="null"/> where the update does not say.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="update"/> is <see langword="null"/>.</exception>
    public static string? GetRoute(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return EscalationRecord.From(update.AdditionalProperties)?.Route;
    }

    /// <summary>Gets why the call was escalated, a short code such as <c>confidence_below</c>.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The reason, or <see langword="null"/> where the call was not escalated.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetEscalationReason(this ChatResponse response) => response.GetEscalation()?.Reason;

    /// <summary>Gets why the call should have been escalated where a limit kept the local answer instead.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The reason, or <see langword="null"/> where no limit interfered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetWithheldEscalationReason(this ChatResponse response) => response.GetEscalation()?.Withheld;
}
