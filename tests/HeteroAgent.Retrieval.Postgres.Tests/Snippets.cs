using Microsoft.Extensions.AI;
using Npgsql;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>The code that the documentation of the package shows.</summary>
internal static class Snippets
{
    public static async Task<IReadOnlyList<RetrievedPassage>> ReadmeAsync(IEmbeddingGenerator<string, Embedding<float>> embeddings, IEnumerable<SourceDocument> documents)
    {
        #region readme
        await using NpgsqlDataSource database = NpgsqlDataSource.Create("Host=db;Database=support;Username=agent");
        PostgresPassageIndex index = new(database, embeddings, new() { Schema = "retrieval", TablePrefix = "bank" });

        int written = await index.AddAsync(documents);          // only what is new or has changed
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("How do I report a stolen card?");
        #endregion
        return written > 0 ? found : [];
    }
}
