using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace HeteroAgent;

/// <summary>The decorators in the form that <c>ChatClientBuilder.Use(Func&lt;IChatClient, IServiceProvider, IChatClient&gt;)</c> takes. A builder adds from the outside in; tool invocation belongs outside escalation.</summary>
public static class ChatMiddleware
{
    /// <summary>Creates the step that hands up to another registered client what a policy does not trust.</summary>
    /// <param name="fallbackKey">The key under which the frontier client is registered; <see langword="null"/> for the registration without a key.</param>
    /// <param name="policy">Decides which calls are handed up.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <returns>The step. The container goes on owning the frontier client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> is <see langword="null"/>.</exception>
    public static Func<IChatClient, IServiceProvider, IChatClient> Escalation(object? fallbackKey, EscalationPolicy policy, EscalationLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return (inner, services) => inner.WithEscalation(
            fallbackKey is null ? services.GetRequiredService<IChatClient>() : services.GetRequiredKeyedService<IChatClient>(fallbackKey), policy, limits, leaveOpen: true);
    }

    /// <summary>Creates the step that records what each call cost in the registered <see cref="HeteroAgent.Ledger"/>.</summary>
    /// <returns>The step.</returns>
    public static Func<IChatClient, IServiceProvider, IChatClient> Ledger() =>
        static (inner, services) => inner.WithLedger(services.GetRequiredService<Ledger>());

    /// <summary>Creates the step that has every answer's reasoning scored by the registered <see cref="IProcessVerifier"/>.</summary>
    /// <param name="verifierKey">The key under which the verifier is registered; <see langword="null"/> for the registration without a key.</param>
    /// <returns>The step.</returns>
    public static Func<IChatClient, IServiceProvider, IChatClient> Verification(object? verifierKey = null) =>
        (inner, services) => inner.WithVerification(
            verifierKey is null ? services.GetRequiredService<IProcessVerifier>() : services.GetRequiredKeyedService<IProcessVerifier>(verifierKey));

    /// <summary>Creates the step that streams the answer as it is verified and has another registered client go on from the first step that does not pass.</summary>
    /// <param name="fallbackKey">The key under which the frontier client is registered; <see langword="null"/> for the registration without a key.</param>
    /// <param name="verifierKey">The key under which the verifier is registered; <see langword="null"/> for the registration without a key.</param>
    /// <param name="policy">What else is handed over; <see langword="null"/> for nothing else.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <returns>The step. The container goes on owning the frontier client.</returns>
    public static Func<IChatClient, IServiceProvider, IChatClient> StepwiseEscalation(object? fallbackKey, object? verifierKey = null, EscalationPolicy? policy = null, EscalationLimits? limits = null) =>
        (inner, services) => inner.WithStepwiseEscalation(
            fallbackKey is null ? services.GetRequiredService<IChatClient>() : services.GetRequiredKeyedService<IChatClient>(fallbackKey),
            verifierKey is null ? services.GetRequiredService<IProcessVerifier>() : services.GetRequiredKeyedService<IProcessVerifier>(verifierKey),
            policy, limits, leaveOpen: true);

    /// <summary>Creates the step that grounds each request in what the registered <see cref="IRetriever"/> finds.</summary>
    /// <param name="retrieverKey">The key under which the retriever is registered; <see langword="null"/> for the registration without a key.</param>
    /// <param name="topK">The number of passages that are shown at most, 1 to 1,000.</param>
    /// <returns>The step.</returns>
    public static Func<IChatClient, IServiceProvider, IChatClient> Retrieval(object? retrieverKey = null, int topK = 4) => (inner, services) =>
        inner.WithRetrieval(retrieverKey is null ? services.GetRequiredService<IRetriever>() : services.GetRequiredKeyedService<IRetriever>(retrieverKey), topK);
}
