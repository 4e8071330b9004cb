using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Reads from a <see cref="ChatResponse"/> which model answered and why.</summary>
public static class ChatResponseEscalationExtensions
{
    /// <summary>Gets which model answered: <see cref="Routes.Local"/> or <see cref="Routes.Frontier"/>.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The route, or <see langword="null"/> where no client of this library took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetRoute(this ChatResponse response) => Get(response, ResponsePropertyNames.Route);

    /// <summary>Gets why the call was escalated, a short code such as <c>confidence_below</c>.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The reason, or <see langword="null"/> where the call was not escalated.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetEscalationReason(this ChatResponse response) => Get(response, ResponsePropertyNames.EscalationReason);

    /// <summary>Gets why the call should have been escalated where a limit kept the local answer instead.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>The reason, or <see langword="null"/> where no limit interfered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static string? GetWithheldEscalationReason(this ChatResponse response) => Get(response, ResponsePropertyNames.EscalationWithheld);

    private static string? Get(ChatResponse response, string key)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.AdditionalProperties?.TryGetValue(key, out string? value) == true)
        {
            return value;
        }

        return response.Messages.Count > 0 && response.Messages[^1].AdditionalProperties?.TryGetValue(key, out value) == true ? value : null;
    }
}
