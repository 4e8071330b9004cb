using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>The embedding model of an index: the one that is named, or else the one that the index remembers.</summary>
internal static class EmbeddingModel
{
    /// <summary>The name under which an index remembers the model's file.</summary>
    internal const string Note = "embedding_file";

    internal static async Task<LlamaModel?> LoadAsync(string index, string? named, CancellationToken cancellationToken)
    {
        string? file = named;
        if (file is null && File.Exists(index))
        {
            using SqlitePassageIndex remembering = new(index);
            file = remembering.GetNote(Note);
            if (file is not null && !File.Exists(file))
            {
                PassageIndexInfo info = await remembering.GetInfoAsync(cancellationToken).ConfigureAwait(false);
                throw new PassageIndexException(PassageIndexError.EmbeddingModelNeeded, $"It was made with the embedding model {info.EmbeddingModel}, and '{file}' is not there any more.", index);
            }
        }

        return file is null ? null : await LlamaModel.LoadAsync(file, new LlamaModelOptions(), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A generator that reads as much of a passage as the model can: a passage of many tokens is found by its beginning rather than not at all.</summary>
    internal static IEmbeddingGenerator<string, Embedding<float>>? Generator(LlamaModel? model) => model?.AsIEmbeddingGenerator(new LlamaEmbeddingOptions { Truncate = true });
}
