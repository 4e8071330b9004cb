using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>The contract of a passage index on an installed server with pgvector, where sessions run side by side.</summary>
public sealed class PostgresServerContractTests : PassageIndexContract
{
    private static int _prefixes;
    private PostgresServer _server = null!;
    private NpgsqlDataSource _source = null!;
    private PostgresPassageIndexOptions _options = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await PostgresServer.RequireAsync();
        _source = NpgsqlDataSource.Create(_server.ConnectionString);
        if (!await Sql.ScalarAsync<bool>(_source, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"))
        {
            Assert.Ignore("The PostgreSQL server that is installed here has no pgvector; PGlite runs the same tests.");
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        _server?.Dispose();
    }

    [SetUp]
    public void TakeAPrefix() => _options = new() { TablePrefix = $"test_{Interlocked.Increment(ref _prefixes)}" };

    protected override Task<IPassageIndex> OpenIndexAsync(IEmbeddingGenerator<string, Embedding<float>>? generator) =>
        Task.FromResult<IPassageIndex>(new PostgresPassageIndex(_source, generator, _options));
}
