using HeteroAgent.TestKit;
using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>What takes a real server: sessions at the same time, a server that dies, roles, a server without pgvector.</summary>
public sealed class PostgresServerTests
{
    private static readonly SourceDocument[] Documents = [.. Enumerable.Range(0, 2000).Select(static i => new SourceDocument($"d{i}", $"Card {i}", $"Text number {i} of a ledger."))];
    private PostgresServer _server = null!;
    private NpgsqlDataSource _source = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await PostgresServer.RequireAsync();
        _source = NpgsqlDataSource.Create(_server.ConnectionString);
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

    [Test]
    public async Task Many_may_start_at_the_same_time()
    {
        PostgresPassageIndexOptions options = new() { Schema = "together", TablePrefix = "many" };
        NpgsqlDataSource[] sources = [.. Enumerable.Range(0, 8).Select(_ => NpgsqlDataSource.Create(_server.ConnectionString + ";Maximum Pool Size=2"))];
        try
        {
            // Every one of them writes some documents of its own and some that all write.
            int[] written = await Task.WhenAll(sources.Select((s, i) => Task.Run(() => new PostgresPassageIndex(s, null, options).AddAsync([.. Documents.Skip(i * 40).Take(40), .. Documents[^10..]]))));
            Assert.That(written, Is.All.InRange(40, 50));
            Assert.That((await new PostgresPassageIndex(_source, null, options).GetInfoAsync()).DocumentCount, Is.EqualTo(330));
            await Sql.AssertConsistentAsync(_source, "together.many");
        }
        finally
        {
            foreach (NpgsqlDataSource source in sources)
            {
                await source.DisposeAsync();
            }
        }
    }

    [Test]
    public async Task A_killed_server_keeps_what_was_committed()
    {
        PostgresPassageIndexOptions options = new() { TablePrefix = "killed" };
        PostgresPassageIndex index = new(_source, null, options);
        int reported = 0;
        PassageIndexException lost = (await Assert.ThrowsAsync<PassageIndexException>(async () => await index.AddAsync(Documents, new Progress(n =>
        {
            if (n >= 300 && reported < 300)
            {
                reported = n;
                _server.Kill();
            }
        }))))!;
        Assert.That(lost.Error, Is.EqualTo(PassageIndexError.ConnectionLost));
        Assert.That(async () => await index.RetrieveAsync("ledger"), Throws.InstanceOf<PassageIndexException>().With.Property("Error").EqualTo(PassageIndexError.ConnectionLost));
        await _server.StartAsync();
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(reported));
        Assert.That(await index.AddAsync(Documents), Is.EqualTo(2000 - reported));
        Assert.That(await index.RetrieveAsync("ledger"), Has.Count.EqualTo(4));
        await Sql.AssertConsistentAsync(_source, "killed");
    }

    [Test]
    public async Task A_server_without_pgvector_serves_words_and_says_what_is_missing()
    {
        if (await HasPgvectorAsync())
        {
            Assert.Ignore("This server has pgvector.");
        }

        PostgresPassageIndex index = new(_source, new HashedEmbeddingGenerator(), new() { TablePrefix = "words" });
        Assert.That(async () => await index.RetrieveAsync("x", new() { Mode = RetrievalMode.Hybrid }), Throws.InstanceOf<PassageIndexException>().With.Message.Contains("pgvector"));
        Assert.That(await index.AddAsync(Documents.Take(50)), Is.EqualTo(50));
        Assert.That((await index.RetrieveAsync("card 17"))[0].DocumentId, Is.EqualTo("d17"));
        Assert.That(await index.GetInfoAsync(), Is.EqualTo(new PassageIndexInfo(50, 50, null, 0)));
        Assert.That(
            async () => await index.RetrieveAsync("card", new() { Mode = RetrievalMode.Vectors }),
            Throws.InstanceOf<PassageIndexException>().With.Property("Error").EqualTo(PassageIndexError.NoVectors).And.Message.Contains("CREATE EXTENSION vector"));
    }

    [Test]
    public async Task Words_are_told_apart_and_folded_whatever_the_locale()
    {
        Assert.That(await Sql.ScalarAsync<string>(_source, "SELECT datcollate FROM pg_database WHERE datname = current_database()"), Is.EqualTo("C"));
        PostgresPassageIndex index = new(_source, null, new() { TablePrefix = "folded", TextSearchConfiguration = "simple" });
        _ = await index.AddAsync([new("a", "", "ÜBERWEISUNG nach Łódź"), new("b", "", "Потерянная КАРТА")]);
        Assert.That((await index.RetrieveAsync("überweisung"))[0].DocumentId, Is.EqualTo("a"));
        Assert.That((await index.RetrieveAsync("карта"))[0].DocumentId, Is.EqualTo("b"));
        _ = await index.AddAsync([new("c", "", "“Curly”—quotes… and the customer’s dash–es")]);
        foreach (string word in new[] { "curly", "quotes", "customer's", "dash" })
        {
            Assert.That((await index.RetrieveAsync(word)).Select(static p => p.DocumentId), Is.EqualTo(new[] { "c" }), word);
        }
    }

    [Test]
    public async Task A_role_that_may_only_read_can_search_and_is_told_that_it_may_not_write()
    {
        PostgresPassageIndexOptions options = new() { TablePrefix = "guarded" };
        _ = await new PostgresPassageIndex(_source, null, options).AddAsync(Documents.Take(20));
        await Sql.ExecuteAsync(_source, "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(_server.ConnectionString + ";Username=reader");
        PostgresPassageIndex index = new(source, null, options);
        Assert.That((await index.RetrieveAsync("card 7"))[0].DocumentId, Is.EqualTo("d7"));
        Assert.That(async () => await index.AddAsync([new("x", "x", "x")]), Throws.InstanceOf<PassageIndexException>().With.Property("Error").EqualTo(PassageIndexError.Inaccessible).And.Message.Contains("permission denied"));
        Assert.That(async () => await new PostgresPassageIndex(source, null, new() { Schema = "forbidden" }).AddAsync(Documents), Throws.InstanceOf<PassageIndexException>().With.Property("Error").EqualTo(PassageIndexError.Inaccessible));
    }

    [Test]
    public async Task A_writer_that_waits_too_long_says_so()
    {
        PostgresPassageIndexOptions options = new() { TablePrefix = "busy" };
        _ = await new PostgresPassageIndex(_source, null, options).AddAsync(Documents.Take(20));
        await using NpgsqlConnection other = await _source.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync();
        await using (NpgsqlCommand command = new("SELECT FROM busy_info FOR UPDATE", other, transaction))
        {
            _ = await command.ExecuteNonQueryAsync();
        }

        await using NpgsqlDataSource impatient = NpgsqlDataSource.Create(_server.ConnectionString + ";Command Timeout=1");
        PostgresPassageIndex index = new(impatient, null, options);
        Assert.That(async () => await index.AddAsync([new("x", "x", "x")]), Throws.InstanceOf<PassageIndexException>().With.Property("Error").EqualTo(PassageIndexError.Busy));
        Assert.That(await index.RetrieveAsync("ledger"), Has.Count.EqualTo(4), "readers do not wait");
    }

    private async Task<bool> HasPgvectorAsync() => await Sql.ScalarAsync<bool>(_source, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')");

    private sealed class Progress(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
