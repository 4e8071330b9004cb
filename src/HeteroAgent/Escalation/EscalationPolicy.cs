using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Decides whether a local call is handed up to the frontier model. Policies are combined with <c>|</c> and <c>&amp;</c>.</summary>
/// <remarks>
/// <para>An implementation must be safe for concurrent use. The ready-made ones are on <see cref="EscalateWhen"/>.</para>
/// <para>A policy is also shown calls that failed; it claims one by deciding to escalate. A failure that no policy claims is rethrown to the caller.</para>
/// </remarks>
public abstract class EscalationPolicy
{
    /// <summary>Decides about one call.</summary>
    /// <param name="context">The call and how it ended.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <returns>The decision.</returns>
    public abstract ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default);

    /// <summary>Judges one answer, for a cascade or a router of the caller's own.</summary>
    /// <param name="messages">The messages that were sent.</param>
    /// <param name="response">The answer.</param>
    /// <param name="options">The options that were sent; the schema and the tools of an answer are judged by them.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <returns>The decision: <see cref="EscalationDecision.Escalate"/> where the answer should not be used.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> or <paramref name="response"/> is <see langword="null"/>.</exception>
    public ValueTask<EscalationDecision> JudgeAsync(IEnumerable<ChatMessage> messages, ChatResponse response, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return EvaluateAsync(new([.. messages], options, response), cancellationToken);
    }

    /// <summary>Escalates when either policy does. The right one is not asked when the left one has decided to.</summary>
    /// <param name="left">Asked first; its reason wins.</param>
    /// <param name="right">Asked when <paramref name="left"/> keeps the answer.</param>
    /// <returns>The combined policy.</returns>
    public static EscalationPolicy operator |(EscalationPolicy left, EscalationPolicy right) => BitwiseOr(left, right);

    /// <summary>Escalates when both policies do. The right one is not asked when the left one keeps the answer.</summary>
    /// <param name="left">Asked first.</param>
    /// <param name="right">Asked when <paramref name="left"/> escalates; the reasons are joined by <c>+</c>.</param>
    /// <returns>The combined policy.</returns>
    public static EscalationPolicy operator &(EscalationPolicy left, EscalationPolicy right) => BitwiseAnd(left, right);

    /// <summary>The method form of <c>|</c>.</summary>
    /// <param name="left">Asked first; its reason wins.</param>
    /// <param name="right">Asked when <paramref name="left"/> keeps the answer.</param>
    /// <returns>The combined policy.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static EscalationPolicy BitwiseOr(EscalationPolicy left, EscalationPolicy right) => new CombinedPolicy(left, right, both: false);

    /// <summary>The method form of <c>&amp;</c>.</summary>
    /// <param name="left">Asked first.</param>
    /// <param name="right">Asked when <paramref name="left"/> escalates.</param>
    /// <returns>The combined policy.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static EscalationPolicy BitwiseAnd(EscalationPolicy left, EscalationPolicy right) => new CombinedPolicy(left, right, both: true);
}
