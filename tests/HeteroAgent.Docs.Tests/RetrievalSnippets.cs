using HeteroAgent.LlamaCpp;
using HeteroAgent.Retrieval.Sqlite;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code that the pages on retrieval show.</summary>
internal static class RetrievalSnippets
{
    public static async Task IndexAsync(LlamaModel model, IEnumerable<SourceDocument> documents)
    {
        #region index
        using var index = new SqlitePassageIndex("bank.index", model.AsIEmbeddingGenerator());
        await index.AddAsync(documents);
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("What does a lost card cost?");
        #endregion
        Console.WriteLine(found.Count);
    }

    public static async Task AskAsync(IChatClient local, IChatClient frontier, IRetriever index)
    {
        #region ask
        using IChatClient client = local
            .WithRetrieval(index, topK: 4)
            .WithEscalation(frontier, EscalateWhen.GroundingBelow(0.6) | EscalateWhen.Faulted);
        ChatResponse response = await client.GetResponseAsync("What does a lost card cost?");
        foreach (Citation citation in response.GetCitations())
        {
            Console.WriteLine($"[{citation.Number}] {citation.Passage.Title} {citation.Passage.Url}");
        }
        #endregion
    }

    public static IReadOnlyList<Passage> Chunk(SourceDocument document)
    {
        #region chunk
        var chunker = new PassageChunker { MaxLength = 600, Overlap = 60 };
        IReadOnlyList<Passage> passages = chunker.Split(document);
        #endregion
        return passages;
    }
}
