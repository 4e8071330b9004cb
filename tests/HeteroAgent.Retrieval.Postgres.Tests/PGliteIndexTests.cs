using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>The contract of a passage index, and what only a database can do to one, on PostgreSQL with pgvector.</summary>
public sealed class PGliteIndexTests : PassageIndexContract
{
    private static int _prefixes;
    private NpgsqlDataSource _source = null!;
    private PostgresPassageIndexOptions _options = null!;

    private string Index => $"contract.{_options.TablePrefix}";

    [OneTimeSetUp]
    public async Task ConnectAsync() => _source = NpgsqlDataSource.Create((await PGliteServer.RequireAsync()).ConnectionString);

    [OneTimeTearDown]
    public async Task DisconnectAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    [SetUp]
    public void TakeAPrefix() => _options = new() { Schema = "contract", TablePrefix = $"test_{Interlocked.Increment(ref _prefixes)}" };

    [Test]
    public async Task Kept_counts_follow_adding_replacing_and_removing()
    {
        PostgresPassageIndex index = new(_source, new HashedEmbeddingGenerator(), _options);
        _ = await index.AddAsync(Documents);
        _ = await index.AddAsync(Enumerable.Range(0, 200).Select(static i => new SourceDocument($"d{i}", $"Card {i}", $"Fees of card {i}: it's {i * 7} dollars\\year.")));
        _ = await index.AddAsync([Fees with { Text = "Cards cost nothing." }, new("d7", "", "")]);
        _ = await index.RemoveAsync(["d1", "d2", Savings.Id, "nobody"]);
        await Sql.AssertConsistentAsync(_source, Index);
    }

    [Test]
    public async Task A_rare_word_outweighs_many_common_ones()
    {
        PostgresPassageIndex index = new(_source, null, _options);
        _ = await index.AddAsync(Enumerable.Range(0, 100).Select(static i => new SourceDocument($"common{i}", "", "Please open the account of the customer, and check the account and the card of the customer today.")));
        _ = await index.AddAsync([new("rare", "", "Escheatment is explained on page nine.")]);
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync("Please check today whether the account and the card of the customer are open to escheatment");
        Assert.That(found[0].DocumentId, Is.EqualTo("rare"));
        Assert.That(found, Has.Count.EqualTo(4), "any of the words may match");
    }

    [Test]
    public async Task Words_score_by_BM25()
    {
        string[] texts = ["red fox red hen", "red cow", "blue hen sees the red barn and a blue sky", "green grass"];
        PostgresPassageIndex index = new(_source, null, _options with { TextSearchConfiguration = "simple" });
        _ = await index.AddAsync(texts.Select(static (t, i) => new SourceDocument($"{i}", "", t)));
        string[] query = ["red", "hen", "hen"];
        string[][] words = [.. texts.Select(static t => t.Split(' '))];
        double average = words.Average(static w => w.Length);
        double[] expected = [.. words.Select(w => query.Sum(q =>
        {
            double holding = words.Count(o => o.Contains(q));
            double occurrences = w.Count(x => x == q);
            return Math.Log(1 + ((words.Length - holding + 0.5) / (holding + 0.5))) * occurrences * 2.2 / (occurrences + (1.2 * (0.25 + (0.75 * w.Length / average))));
        }))];
        IReadOnlyList<RetrievedPassage> found = await index.RetrieveAsync(string.Join(' ', query));
        Assert.That(found, Has.Count.EqualTo(3));
        foreach (RetrievedPassage passage in found)
        {
            Assert.That(passage.Score, Is.EqualTo(expected[int.Parse(passage.DocumentId)]).Within(1e-9));
        }
    }

    [Test]
    public async Task A_long_query_is_not_answered_by_its_rarest_words_alone()
    {
        // Each passage but the last holds one of the query's rare words; the last holds what the query is about.
        PostgresPassageIndex index = new(_source, null, _options);
        SourceDocument[] documents = [.. Enumerable.Range(0, 80).Select(static i => new SourceDocument($"d{i}", "", $"Nothing but the stray word stray{i} stands here, with card {i}.")), new("about", "", "The credit card that gives cash back gives cash back on the card.")];
        _ = await index.AddAsync(documents);
        string query = string.Join(' ', Enumerable.Range(0, 80).Select(static i => $"stray{i}")) + " credit card cash back, the card with cash back";
        Assert.That((await index.RetrieveAsync(query))[0].DocumentId, Is.EqualTo("about"));
    }

    [Test]
    public async Task A_large_index_is_searched_approximately_and_almost_as_well()
    {
        const int Count = 3000;
        GaussianEmbeddingGenerator generator = new(64);
        PostgresPassageIndex index = new(_source, generator, _options with { ApproximateFrom = 1000 });
        _ = await index.AddAsync(Enumerable.Range(0, Count).Select(static i => new SourceDocument($"{i}", "", $"passage {i}")));
        Assert.That(await Sql.ScalarAsync<string>(_source, $"SELECT indexdef FROM pg_indexes WHERE schemaname = 'contract' AND indexname = '{_options.TablePrefix}_vectors_hnsw'"), Does.Contain("USING hnsw"));
        float[][] vectors = [.. Enumerable.Range(0, Count).Select(i => generator.Embed($"passage {i}"))];
        int right = 0;
        for (int q = 0; q < 50; q++)
        {
            string query = $"query {q}";
            float[] vector = generator.Embed(query);
            string[] exact = [.. Enumerable.Range(0, Count).OrderByDescending(i => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(vectors[i], vector)).Take(10).Select(static i => $"{i}")];
            index.Exact = true;
            string[] compared = await IdsAsync(index, query);
            index.Exact = false;
            string[] approximate = await IdsAsync(index, query);
            Assert.That(compared, Is.EqualTo(exact));
            right += approximate.Intersect(exact).Count();
        }

        Assert.That(right, Is.GreaterThanOrEqualTo(490), "recall@10 of .98");
    }

    [Test]
    public async Task A_lost_connection_loses_nothing_that_was_committed()
    {
        using TcpRelay relay = new((await PGliteServer.RequireAsync()).Port);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(PGliteServer.ConnectionStringFor(relay.Port));
        PostgresPassageIndex index = new(source, new HashedEmbeddingGenerator(), _options);
        SourceDocument[] documents = [.. Enumerable.Range(0, 500).Select(static i => new SourceDocument($"d{i}", "", $"Text number {i} of a ledger."))];
        int reported = 0;
        PassageIndexException lost = (await Assert.ThrowsAsync<PassageIndexException>(async () => await index.AddAsync(documents, new Progress(n =>
        {
            reported = n;
            relay.Cut();
        }))))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lost.Error, Is.EqualTo(PassageIndexError.ConnectionLost));
            Assert.That(lost.Message, Does.Contain($"127.0.0.1:{relay.Port}/postgres").And.Contain(Index).And.Not.Contain("not-to-be-shown"));
            Assert.That(lost.ToString(), Does.Not.Contain("not-to-be-shown"));
            Assert.That(async () => await index.RetrieveAsync("ledger"), Refusal(PassageIndexError.ConnectionLost), "still cut");
            Assert.That(async () => await index.GetInfoAsync(), Refusal(PassageIndexError.ConnectionLost), "still cut");
        }

        relay.Restore();
        Assert.That(reported, Is.InRange(1, 499));
        Assert.That((await index.GetInfoAsync()).DocumentCount, Is.EqualTo(reported));
        Assert.That(await index.RetrieveAsync("ledger"), Has.Count.EqualTo(4));
        Assert.That(await index.AddAsync(documents), Is.EqualTo(500 - reported));
        await Sql.AssertConsistentAsync(source, Index);
    }

    [Test]
    public async Task A_pooled_connection_that_died_is_replaced_unseen()
    {
        using TcpRelay relay = new((await PGliteServer.RequireAsync()).Port);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(PGliteServer.ConnectionStringFor(relay.Port));
        PostgresPassageIndex index = new(source, new HashedEmbeddingGenerator(), _options);
        _ = await index.AddAsync(Documents);
        relay.Drop();
        Assert.That((await index.RetrieveAsync("stolen card"))[0].DocumentId, Is.EqualTo(Lost.Id));
        relay.Drop();
        Assert.That(await index.AddAsync([new("new", "", "New.")]), Is.EqualTo(1));
        relay.Drop();
        Assert.That(await index.RemoveAsync(["new"]), Is.EqualTo(1));
    }

    [TestCase("CREATE TABLE {0}_info (name text)")]
    [TestCase("CREATE TABLE {0}_documents (name text)")]
    [TestCase("CREATE VIEW {0}_info AS SELECT 1 AS one")]
    public async Task Tables_of_something_else_are_refused_and_left_alone(string sql)
    {
        await Sql.ExecuteAsync(_source, $"CREATE SCHEMA IF NOT EXISTS contract; {string.Format(null, sql, Index)}");
        PostgresPassageIndex index = new(_source, null, _options);
        Assert.That(async () => await index.AddAsync(Documents), Refusal(PassageIndexError.NotAnIndex));
        Assert.That(await Sql.ScalarAsync<long>(_source, $"SELECT count(*) FROM information_schema.tables WHERE table_schema = 'contract' AND starts_with(table_name, '{_options.TablePrefix}_')"), Is.EqualTo(1), "nothing was made");
    }

    [Test]
    public async Task A_newer_format_is_refused()
    {
        _ = await new PostgresPassageIndex(_source, null, _options).AddAsync(Documents);
        await Sql.ExecuteAsync(_source, $"UPDATE {Index}_info SET format = 99");
        PostgresPassageIndex index = new(_source, null, _options);
        Assert.That(async () => await index.RetrieveAsync("card"), Refusal(PassageIndexError.UnsupportedVersion).With.Message.Contains("99"));
        Assert.That(async () => await index.AddAsync([new("x", "x", "x")]), Refusal(PassageIndexError.UnsupportedVersion));
    }

    [Test]
    public async Task A_missing_header_is_damage()
    {
        _ = await new PostgresPassageIndex(_source, null, _options).AddAsync(Documents);
        await Sql.ExecuteAsync(_source, $"DELETE FROM {Index}_info");
        Assert.That(async () => await new PostgresPassageIndex(_source, null, _options).RetrieveAsync("card"), Refusal(PassageIndexError.Damaged));
    }

    [Test]
    public void An_unknown_text_search_configuration_is_named() =>
        Assert.That(async () => await new PostgresPassageIndex(_source, null, _options with { TextSearchConfiguration = "klingon" }).AddAsync(Documents), Refusal(PassageIndexError.Inaccessible).With.Message.Contains("'klingon'"));

    [Test]
    public async Task A_text_search_configuration_stems_its_language()
    {
        PostgresPassageIndex index = new(_source, null, _options with { TextSearchConfiguration = "german" });
        _ = await index.AddAsync([new("a", "", "Die Häuser der Stadt."), new("b", "", "Das Auto des Nachbarn.")]);
        Assert.That((await index.RetrieveAsync("Haus"))[0].DocumentId, Is.EqualTo("a"));
    }

    [Test]
    public async Task What_a_database_cannot_hold_is_replaced_in_place()
    {
        PostgresPassageIndex index = new(_source, new HashedEmbeddingGenerator(), _options);
        _ = await index.AddAsync([new("a", "nul \0", "before \0 and \ud800 behind 😀")]);
        RetrievedPassage found = (await index.RetrieveAsync("behind"))[0];
        Assert.That((found.Title, found.Text), Is.EqualTo(("nul \ufffd", "before \ufffd and \ufffd behind 😀")));
        Assert.That(await index.AddAsync([new("a", "nul \0", "before \0 and \ud800 behind 😀")]), Is.Zero, "it did not change");
    }

    [TestCase('\0')]
    [TestCase('\ud800')]
    public async Task Ids_that_a_database_cannot_hold_are_refused(char bad)
    {
        string id = $"a{bad}b";
        PostgresPassageIndex index = new(_source, null, _options);
        Assert.That(async () => await index.AddAsync([new(id, "", "x")]), Throws.ArgumentException);
        Assert.That(async () => await index.AddAsync([new(new string('ä', 1001), "", "x")]), Throws.ArgumentException.With.Message.Contains("2000"));
        Assert.That(await index.RemoveAsync([id]), Is.Zero);
    }

    protected override Task<IPassageIndex> OpenIndexAsync(IEmbeddingGenerator<string, Embedding<float>>? generator) =>
        Task.FromResult<IPassageIndex>(new PostgresPassageIndex(_source, generator, _options));

    private static async Task<string[]> IdsAsync(PostgresPassageIndex index, string query) =>
        [.. (await index.RetrieveAsync(query, new() { Mode = RetrievalMode.Vectors, TopK = 10 })).Select(static p => p.DocumentId)];
}
