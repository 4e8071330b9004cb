using Anthropic;
using HeteroAgent.OpenAI;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>The frontier models that the command line can name.</summary>
internal static class Frontiers
{
    private const string OpenAIPrefix = "openai:";

    public static IChatClient Create(AssistantOptions options, IReadOnlyList<LabeledRequest> requests) => options.Frontier switch
    {
        "recorded" => new RecordedFrontier(options.FrontierModel, requests),
        "anthropic" => Anthropic(options.FrontierModel),
        string named when named.StartsWith(OpenAIPrefix, StringComparison.Ordinal) => OpenAI(named[OpenAIPrefix.Length..], options.FrontierModel),
        string other => throw new AssistantException($"'{other}' is no frontier; --frontier takes recorded, anthropic or openai:<url>."),
    };

    /// <summary>What the report calls it.</summary>
    public static string Describe(AssistantOptions options) => options.IsRecorded
        ? $"recorded: it answers with the labelled call, so it is always right; tokens estimated, prices of {options.FrontierModel}"
        : $"{options.FrontierModel} ({options.Frontier})";

    private static IChatClient Anthropic(string model) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY"))
        ? throw new AssistantException("--frontier anthropic needs a key in the environment variable ANTHROPIC_API_KEY.")
        : new AnthropicClient().AsIChatClient(model);

    private static OpenAICompatibleChatClient OpenAI(string url, string model) => Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
        ? new OpenAICompatibleChatClient(endpoint, model, Environment.GetEnvironmentVariable("OPENAI_API_KEY"))
        : throw new AssistantException($"'{url}' is no address; --frontier openai:<url> takes one such as openai:http://localhost:8080/v1.");
}
