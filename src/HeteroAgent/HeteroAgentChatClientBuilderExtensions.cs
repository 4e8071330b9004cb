using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>Puts this library's decorators into a <see cref="ChatClientBuilder"/>. A builder reads from the outside in: what is added first sees the call first; tool invocation belongs outside escalation.</summary>
/// <remarks>
/// What is not handed over comes from the container when the client is built. The container's <see cref="ILoggerFactory"/>, where there is one, is set before <c>configure</c> runs.
/// Services that the container holds, frontier clients included, stay its own: disposing the client leaves them open.
/// </remarks>
public static class HeteroAgentChatClientBuilderExtensions
{
    /// <summary>Hands up to a registered client what a policy does not trust; see <see cref="EscalatingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="frontierKey">The key under which the frontier client is registered.</param>
    /// <param name="policy">Decides which calls are handed up; <see langword="null"/> for the registered <see cref="EscalationPolicy"/>.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the client or the policy is not registered, and <see cref="CircularClientException"/> where the frontier client is the client that is being built.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="frontierKey"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseEscalation(
        this ChatClientBuilder builder, object frontierKey, EscalationPolicy? policy = null, EscalationLimits? limits = null, Action<EscalatingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(frontierKey);
        FrontierResolution frontier = new(frontierKey, nameof(UseEscalation));
        return builder.Use((inner, services) => Escalation(inner, services, frontier.Resolve(services), policy, limits, configure));
    }

    /// <summary>Hands up to another client what a policy does not trust; see <see cref="EscalatingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="frontier">The frontier client; it stays the caller's.</param>
    /// <param name="policy">Decides which calls are handed up; <see langword="null"/> for the registered <see cref="EscalationPolicy"/>.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the policy is not registered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="frontier"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseEscalation(
        this ChatClientBuilder builder, IChatClient frontier, EscalationPolicy? policy = null, EscalationLimits? limits = null, Action<EscalatingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(frontier);
        return builder.Use((inner, services) => Escalation(inner, services, frontier, policy, limits, configure));
    }

    /// <summary>Streams the answer step by step as it is verified, and has a registered client go on from the first step that does not pass; see <see cref="StepwiseEscalatingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="frontierKey">The key under which the frontier client is registered.</param>
    /// <param name="verifier">Scores the steps; <see langword="null"/> for the registered <see cref="IProcessVerifier"/>.</param>
    /// <param name="verifierKey">The key under which the verifier is registered; <see langword="null"/> for the registration without a key. Not used where <paramref name="verifier"/> is given.</param>
    /// <param name="policy">What else is handed over; <see langword="null"/> for the registered <see cref="EscalationPolicy"/> or, where there is none, nothing else.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the client or the verifier is not registered, and <see cref="CircularClientException"/> where the frontier client is the client that is being built.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="frontierKey"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseStepwiseEscalation(
        this ChatClientBuilder builder, object frontierKey, IProcessVerifier? verifier = null, object? verifierKey = null, EscalationPolicy? policy = null, EscalationLimits? limits = null, Action<StepwiseEscalatingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(frontierKey);
        FrontierResolution frontier = new(frontierKey, nameof(UseStepwiseEscalation));
        return builder.Use((inner, services) => Stepwise(inner, services, frontier.Resolve(services), verifier, verifierKey, policy, limits, configure));
    }

    /// <summary>Streams the answer step by step as it is verified, and has another client go on from the first step that does not pass; see <see cref="StepwiseEscalatingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="frontier">The frontier client; it stays the caller's.</param>
    /// <param name="verifier">Scores the steps; <see langword="null"/> for the registered <see cref="IProcessVerifier"/>.</param>
    /// <param name="verifierKey">The key under which the verifier is registered; <see langword="null"/> for the registration without a key. Not used where <paramref name="verifier"/> is given.</param>
    /// <param name="policy">What else is handed over; <see langword="null"/> for the registered <see cref="EscalationPolicy"/> or, where there is none, nothing else.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the verifier is not registered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="frontier"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseStepwiseEscalation(
        this ChatClientBuilder builder, IChatClient frontier, IProcessVerifier? verifier = null, object? verifierKey = null, EscalationPolicy? policy = null, EscalationLimits? limits = null, Action<StepwiseEscalatingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(frontier);
        return builder.Use((inner, services) => Stepwise(inner, services, frontier, verifier, verifierKey, policy, limits, configure));
    }

    /// <summary>Records what each call cost; see <see cref="LedgerChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="ledger">Where the calls are recorded; <see langword="null"/> for the registered <see cref="Ledger"/>.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the ledger is not registered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseLedger(this ChatClientBuilder builder, Ledger? ledger = null, Action<LedgerChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((inner, services) => inner.WithLedger(ledger ?? ServiceResolution.Required<Ledger>(services, key: null, nameof(UseLedger)), client =>
        {
            client.LoggerFactory = LoggerFactory(services);
            configure?.Invoke(client);
        }));
    }

    /// <summary>Has every answer's reasoning scored; see <see cref="VerifyingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="verifier">Scores the steps; <see langword="null"/> for the registered <see cref="IProcessVerifier"/>.</param>
    /// <param name="verifierKey">The key under which the verifier is registered; <see langword="null"/> for the registration without a key. Not used where <paramref name="verifier"/> is given.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the verifier is not registered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ChatClientBuilder UseVerification(this ChatClientBuilder builder, IProcessVerifier? verifier = null, object? verifierKey = null, Action<VerifyingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((inner, services) => inner.WithVerification(verifier ?? ServiceResolution.Required<IProcessVerifier>(services, verifierKey, nameof(UseVerification)), client =>
        {
            client.LoggerFactory = LoggerFactory(services);
            configure?.Invoke(client);
        }));
    }

    /// <summary>Grounds each request in retrieved passages; see <see cref="RetrievingChatClient"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="retriever">Finds the passages; <see langword="null"/> for the registered <see cref="IRetriever"/>.</param>
    /// <param name="retrieverKey">The key under which the retriever is registered; <see langword="null"/> for the registration without a key. Not used where <paramref name="retriever"/> is given.</param>
    /// <param name="topK">The number of passages that are shown at most, 1 to 1,000.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The builder. Building throws <see cref="ServiceNotRegisteredException"/> where the retriever is not registered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topK"/> is not between 1 and 1,000.</exception>
    public static ChatClientBuilder UseRetrieval(this ChatClientBuilder builder, IRetriever? retriever = null, object? retrieverKey = null, int topK = 4, Action<RetrievingChatClient>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topK, 1000);
        return builder.Use((inner, services) => inner.WithRetrieval(retriever ?? ServiceResolution.Required<IRetriever>(services, retrieverKey, nameof(UseRetrieval)), topK, client =>
        {
            client.LoggerFactory = LoggerFactory(services);
            configure?.Invoke(client);
        }));
    }

    private static EscalatingChatClient Escalation(
        IChatClient inner, IServiceProvider services, IChatClient frontier, EscalationPolicy? policy, EscalationLimits? limits, Action<EscalatingChatClient>? configure) =>
        inner.WithEscalation(frontier, policy ?? ServiceResolution.Required<EscalationPolicy>(services, key: null, nameof(UseEscalation)), limits, leaveOpen: true, client =>
        {
            client.LoggerFactory = LoggerFactory(services);
            configure?.Invoke(client);
        });

    private static StepwiseEscalatingChatClient Stepwise(
        IChatClient inner, IServiceProvider services, IChatClient frontier, IProcessVerifier? verifier, object? verifierKey, EscalationPolicy? policy, EscalationLimits? limits, Action<StepwiseEscalatingChatClient>? configure) =>
        inner.WithStepwiseEscalation(
            frontier,
            verifier ?? ServiceResolution.Required<IProcessVerifier>(services, verifierKey, nameof(UseStepwiseEscalation)),
            policy ?? ServiceResolution.Optional<EscalationPolicy>(services),
            limits,
            leaveOpen: true,
            client =>
            {
                client.LoggerFactory = LoggerFactory(services);
                configure?.Invoke(client);
            });

    private static ILoggerFactory? LoggerFactory(IServiceProvider services) => ServiceResolution.Optional<ILoggerFactory>(services);
}
