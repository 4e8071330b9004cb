using HeteroAgent;
using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>The bank's documents in an index of one file, which lives as long as the program.</summary>
internal sealed class DeskDocuments : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("support-desk-");
    private readonly LlamaModel? _model;
    private readonly IEmbeddingGenerator<string, Embedding<float>>? _embeddings;
    private readonly SqlitePassageIndex _index;

    private DeskDocuments(LlamaModel? model)
    {
        _model = model;
        _embeddings = model?.AsIEmbeddingGenerator();
        _index = new(Path.Combine(_folder.FullName, "passages.db"), _embeddings);
    }

    public IRetriever Retriever => _index;

    public string Description { get; private set; } = "";

    public static async Task<DeskDocuments> OpenAsync(SupportDeskOptions options, CancellationToken cancellationToken)
    {
        LlamaModel? model = options.Embeddings is { } file ? await LlamaModel.LoadAsync(file, cancellationToken: cancellationToken) : null;
        DeskDocuments documents = new(model);
        try
        {
            _ = await documents._index.AddAsync(Documents.Load(options.Documents), progress: null, cancellationToken);
            PassageIndexInfo info = await documents._index.GetInfoAsync(cancellationToken);
            documents.Description = $"{info.DocumentCount} documents in {info.PassageCount} passages, searched by {(model is null ? "words (name an embedding model with --embeddings to search by meaning too)" : $"words and vectors ({model.Name})")}";
            return documents;
        }
        catch
        {
            documents.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        _embeddings?.Dispose();
        _model?.Dispose();
        _folder.Delete(recursive: true);
    }
}
