namespace HeteroAgent.LlamaCpp;

/// <summary>The purpose of a model that is not for chat.</summary>
internal static class ModelPurpose
{
    private const string ExtractKey = "extract.tools";

    /// <summary>Whether the model labels requests for an <see cref="ExtractiveModel"/>.</summary>
    internal static bool IsExtractive(LlamaModel model) => model.Metadata(ExtractKey) is not null;

    /// <summary>Whether the model only embeds: it pools, or looks both ways.</summary>
    internal static bool IsEmbedding(LlamaModel model) =>
        model.Metadata($"{model.Architecture}.attention.causal") is "false"
        || (model.Metadata($"{model.Architecture}.pooling_type") is { } pooling && pooling is "1" or "2" or "3");

    /// <summary>Refuses a model without a chat template that was made for something else.</summary>
    /// <exception cref="UnsupportedChatTemplateException">The model is extractive, or only embeds.</exception>
    internal static void RequireChat(LlamaModel model)
    {
        if (model.ChatTemplate is not null)
        {
            return;
        }

        string? instead = IsExtractive(model) ? "is an extractive model, which labels the words of a request and writes no text: load it with ExtractiveModel.LoadAsync, or pass it to ExtractiveModel.FromModels, and call AsIChatClient on that."
            : IsEmbedding(model) ? "is an embedding model, which writes no text: call AsIEmbeddingGenerator, or put a TextClassifier on that."
            : null;
        if (instead is not null)
        {
            throw new UnsupportedChatTemplateException($"The model {model.Name} {instead}", model.Name, null);
        }
    }
}
