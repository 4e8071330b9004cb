using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Sqlite.Tests;

public sealed class SqlitePassageIndexContract : PassageIndexContract
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("heteroagent-index-");

    [TearDown]
    public async Task DeleteFolderAsync()
    {
        await CloseAsync();
        _folder.Delete(recursive: true);
    }

    protected override Task<IPassageIndex> OpenIndexAsync(IEmbeddingGenerator<string, Embedding<float>>? generator) =>
        Task.FromResult<IPassageIndex>(new SqlitePassageIndex(Path.Combine(_folder.FullName, "test.index"), generator));
}
