using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Wraps a client in this library's decorators. They read from the inside out: what is added last sees the call first.</summary>
public static class HeteroAgentChatClientExtensions
{
    /// <summary>Hands up to another client what a policy does not trust; see <see cref="EscalatingChatClient"/>.</summary>
    /// <param name="client">The local client.</param>
    /// <param name="frontier">The frontier client.</param>
    /// <param name="policy">Decides which calls are handed up.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="leaveOpen">Whether the frontier client stays open when the result is disposed.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The escalating client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/>, <paramref name="frontier"/> or <paramref name="policy"/> is <see langword="null"/>.</exception>
    public static EscalatingChatClient WithEscalation(
        this IChatClient client, IChatClient frontier, EscalationPolicy policy, EscalationLimits? limits = null, bool leaveOpen = false, Action<EscalatingChatClient>? configure = null) =>
        Configured(new(client, frontier, policy, leaveOpen) { Limits = limits }, configure);

    /// <summary>Records what each call cost; see <see cref="LedgerChatClient"/>.</summary>
    /// <param name="client">The client, usually an escalating one.</param>
    /// <param name="ledger">Where the calls are recorded; it may be shared between clients.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The recording client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="ledger"/> is <see langword="null"/>.</exception>
    public static LedgerChatClient WithLedger(this IChatClient client, Ledger ledger, Action<LedgerChatClient>? configure = null) => Configured(new(client, ledger), configure);

    /// <summary>Has every answer's reasoning scored; see <see cref="VerifyingChatClient"/>.</summary>
    /// <param name="client">The client whose answers are scored.</param>
    /// <param name="verifier">Scores the steps; it may be shared between clients and is not disposed.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The verifying client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="verifier"/> is <see langword="null"/>.</exception>
    public static VerifyingChatClient WithVerification(this IChatClient client, IProcessVerifier verifier, Action<VerifyingChatClient>? configure = null) => Configured(new(client, verifier), configure);

    /// <summary>Streams the answer step by step as it is verified, and has another client go on from the first step that does not pass; see <see cref="StepwiseEscalatingChatClient"/>.</summary>
    /// <param name="client">The local client.</param>
    /// <param name="frontier">The frontier client.</param>
    /// <param name="verifier">Scores the steps; it may be shared between clients and is not disposed.</param>
    /// <param name="policy">What else is handed over: failures, and answers at their end; <see langword="null"/> for nothing else.</param>
    /// <param name="limits">How much escalation is allowed; <see langword="null"/> for no limits.</param>
    /// <param name="leaveOpen">Whether the frontier client stays open when the result is disposed.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/>, <paramref name="frontier"/> or <paramref name="verifier"/> is <see langword="null"/>.</exception>
    public static StepwiseEscalatingChatClient WithStepwiseEscalation(
        this IChatClient client, IChatClient frontier, IProcessVerifier verifier, EscalationPolicy? policy = null, EscalationLimits? limits = null, bool leaveOpen = false, Action<StepwiseEscalatingChatClient>? configure = null) =>
        Configured(new(client, frontier, verifier, leaveOpen) { Policy = policy ?? EscalateWhen.Never, Limits = limits }, configure);

    /// <summary>Grounds each request in retrieved passages; see <see cref="RetrievingChatClient"/>.</summary>
    /// <param name="client">The client that answers.</param>
    /// <param name="retriever">Finds the passages; it stays the caller's.</param>
    /// <param name="topK">The number of passages that are shown at most, 1 to 1,000.</param>
    /// <param name="configure">Sets further knobs.</param>
    /// <returns>The retrieving client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="retriever"/> is <see langword="null"/>.</exception>
    public static RetrievingChatClient WithRetrieval(this IChatClient client, IRetriever retriever, int topK = 4, Action<RetrievingChatClient>? configure = null) =>
        Configured(new(client, retriever) { TopK = topK }, configure);

    private static T Configured<T>(T client, Action<T>? configure)
    {
        configure?.Invoke(client);
        return client;
    }
}
