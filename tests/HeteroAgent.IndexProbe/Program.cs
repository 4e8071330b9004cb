using HeteroAgent;
using HeteroAgent.Retrieval.Sqlite;
using HeteroAgent.TestKit;

// Says how many documents are written, batch by batch, until it is killed.
using HashedEmbeddingGenerator generator = new();
using SqlitePassageIndex index = new(args[0], generator);
await index.AddAsync(Enumerable.Range(0, 100_000).Select(static i => new SourceDocument($"d{i}", $"Title {i}", $"Text about thing number {i} and its fee.")), new Written());

internal sealed class Written : IProgress<int>
{
    public void Report(int value)
    {
        Console.WriteLine(value);
        Console.Out.Flush();
    }
}
