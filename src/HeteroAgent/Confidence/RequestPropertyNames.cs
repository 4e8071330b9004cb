using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The names under which a caller may ask something of this library's clients in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
public static class RequestPropertyNames
{
    /// <summary><c>heteroagent.logprobs</c>: a <see cref="bool"/> that asks for the log-probability of each token; read them with <see cref="ChatResponseConfidenceExtensions.GetLogprobs(ChatResponse)"/>.</summary>
    public const string Logprobs = "heteroagent.logprobs";

    /// <summary><c>heteroagent.span_source</c>: the <see cref="string"/> in which every span-constrained value must occur; without it, the text of the last user message.</summary>
    public const string SpanSource = "heteroagent.span_source";
}
