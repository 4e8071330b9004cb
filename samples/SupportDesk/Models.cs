using Anthropic;
using HeteroAgent.OpenAI;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>The models that the command line can name, and the scripted ones.</summary>
internal static class Models
{
    private const string OpenAIPrefix = "openai:";

    public static IChatClient ScriptedLocal(IReadOnlyList<SupportQuestion> script) => new ScriptedModel("scripted-small-model", script, static q => q.Local);

    public static IChatClient Frontier(SupportDeskOptions options, IReadOnlyList<SupportQuestion> script) => options.Frontier switch
    {
        "scripted" => new ScriptedModel(options.FrontierModel, script, static q => q.Frontier),
        "anthropic" => Anthropic(options.FrontierModel),
        string named when named.StartsWith(OpenAIPrefix, StringComparison.Ordinal) => OpenAI(named[OpenAIPrefix.Length..], options.FrontierModel),
        string other => throw new SupportDeskException($"'{other}' is no frontier; --frontier takes scripted, anthropic or openai:<url>."),
    };

    private static IChatClient Anthropic(string model) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY"))
        ? throw new SupportDeskException("--frontier anthropic needs a key in the environment variable ANTHROPIC_API_KEY.")
        : new AnthropicClient().AsIChatClient(model);

    private static OpenAICompatibleChatClient OpenAI(string url, string model) => Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
        ? new OpenAICompatibleChatClient(endpoint, model, Environment.GetEnvironmentVariable("OPENAI_API_KEY"))
        : throw new SupportDeskException($"'{url}' is no address; --frontier openai:<url> takes one such as openai:http://localhost:8080/v1.");
}
