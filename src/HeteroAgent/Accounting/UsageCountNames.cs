using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>
/// The names under which <see cref="UsageDetails.AdditionalCounts"/> of a response splits its usage by route. The counts are summable, so they survive a tool loop that adds up its turns.
/// The other counts of <see cref="UsageDetails"/> hold the sum over both routes.
/// </summary>
public static class UsageCountNames
{
    /// <summary><c>heteroagent.local.calls</c>: calls of the local model that ended in an answer.</summary>
    public const string LocalCalls = "heteroagent.local.calls";

    /// <summary><c>heteroagent.local.input_tokens</c>: the local model's input tokens, cached ones included.</summary>
    public const string LocalInputTokens = "heteroagent.local.input_tokens";

    /// <summary><c>heteroagent.local.cached_input_tokens</c>: the part of them that its prefix cache served.</summary>
    public const string LocalCachedInputTokens = "heteroagent.local.cached_input_tokens";

    /// <summary><c>heteroagent.local.output_tokens</c>: the local model's output tokens.</summary>
    public const string LocalOutputTokens = "heteroagent.local.output_tokens";

    /// <summary><c>heteroagent.discarded.calls</c>: the part of the local calls whose answer the frontier model replaced or finished.</summary>
    public const string DiscardedCalls = "heteroagent.discarded.calls";

    /// <summary><c>heteroagent.discarded.input_tokens</c>: the part of the local input tokens that belongs to replaced or finished answers.</summary>
    public const string DiscardedInputTokens = "heteroagent.discarded.input_tokens";

    /// <summary><c>heteroagent.discarded.output_tokens</c>: the part of the local output tokens that the frontier model replaced; what was shown of an answer that it finished is not among them.</summary>
    public const string DiscardedOutputTokens = "heteroagent.discarded.output_tokens";

    /// <summary><c>heteroagent.frontier.calls</c>: calls of the frontier model.</summary>
    public const string FrontierCalls = "heteroagent.frontier.calls";

    /// <summary><c>heteroagent.frontier.input_tokens</c>: the frontier model's input tokens, cached ones included.</summary>
    public const string FrontierInputTokens = "heteroagent.frontier.input_tokens";

    /// <summary><c>heteroagent.frontier.cached_input_tokens</c>: the part of them that the provider's cache served.</summary>
    public const string FrontierCachedInputTokens = "heteroagent.frontier.cached_input_tokens";

    /// <summary><c>heteroagent.frontier.output_tokens</c>: the frontier model's output tokens.</summary>
    public const string FrontierOutputTokens = "heteroagent.frontier.output_tokens";

    internal const string Prefix = "heteroagent.";
}
