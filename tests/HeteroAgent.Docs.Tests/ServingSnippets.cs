using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code that the page on busy hosts shows.</summary>
internal static class ServingSnippets
{
    public static async Task ServeAsync(IChatClient frontier, string systemPrompt, IList<AITool> tools, string report)
    {
        #region serve
        await using LlamaModel model = await LlamaModel.LoadAsync("SmolLM2-135M-Instruct.Q4_1.gguf", new LlamaModelOptions
        {
            MaxWaitingRequests = 64,
            MaxQueueTime = TimeSpan.FromSeconds(5),
            PrefixCacheDirectory = "prefixes",
        });
        using IChatClient client = model.AsIChatClient()
            .WithEscalation(frontier, EscalateWhen.Busy | EscalateWhen.ContextOverflow | EscalateWhen.ConfidenceBelow(0.7));

        // Warm before anyone asks: decoded once, restored at every later start.
        ChatOptions options = new() { Instructions = systemPrompt, Tools = tools };
        await model.CachePromptPrefixAsync([], options);

        // Nobody waits for this one: it steps back for those who do.
        ChatOptions nightly = new()
        {
            RawRepresentationFactory = c => c is LlamaChatClient ? new LlamaSamplingOptions { Priority = RequestPriority.Background } : null,
        };
        ChatResponse summary = await client.GetResponseAsync($"Summarise: {report}", nightly);
        Console.WriteLine($"{summary.Text} ({model.RunningRequests} running, {model.WaitingRequests} waiting)");
        #endregion
    }
}
