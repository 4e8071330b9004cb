using HeteroAgent.TestKit;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The real models of the shared folder, each loaded once for all tests.</summary>
internal static class Models
{
    private static readonly Lazy<Task<LlamaModel>> SmolLM2Model = new(() => LlamaModel.LoadAsync(SmolLM2Path));
    private static readonly Lazy<Task<LlamaModel>> StoriesModel = new(() => LlamaModel.LoadAsync(StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml" }));

    internal static string SmolLM2Path => SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    internal static string StoriesPath => SharedData.Require("models", "stories260K.gguf");

    internal static Task<LlamaModel> SmolLM2Async()
    {
        _ = SmolLM2Path;
        return SmolLM2Model.Value;
    }

    internal static Task<LlamaModel> StoriesAsync()
    {
        _ = StoriesPath;
        return StoriesModel.Value;
    }
}
