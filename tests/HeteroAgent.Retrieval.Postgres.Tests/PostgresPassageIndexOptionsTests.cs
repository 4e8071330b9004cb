using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

public sealed class PostgresPassageIndexOptionsTests
{
    [TestCase("")]
    [TestCase("Upper")]
    [TestCase("1st")]
    [TestCase("a-b")]
    [TestCase("a\"; DROP TABLE x; --")]
    [TestCase("line\n")]
    [TestCase("ärger")]
    [TestCase("a2345678901234567890123456789012345678901234567890")]
    public void Names_that_are_no_identifiers_are_refused(string name)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new PostgresPassageIndexOptions { Schema = name }, Throws.ArgumentException.With.Property("ParamName").EqualTo("Schema"));
            Assert.That(() => new PostgresPassageIndexOptions { TablePrefix = name }, Throws.ArgumentException.With.Property("ParamName").EqualTo("TablePrefix"));
            Assert.That(() => new PostgresPassageIndexOptions { TextSearchConfiguration = name }, Throws.ArgumentException.With.Property("ParamName").EqualTo("TextSearchConfiguration"));
        }
    }

    [Test]
    public void Nothing_is_accepted_for_something()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new PostgresPassageIndex(null!), Throws.ArgumentNullException);
            Assert.That(() => new PostgresPassageIndexOptions { Schema = null! }, Throws.ArgumentNullException);
            Assert.That(() => new PostgresPassageIndexOptions { Chunker = null! }, Throws.ArgumentNullException);
        }
    }

    [TestCase("Host=127.0.0.1;Port=1;Username=u;Password=not-to-be-shown;Database=bank;Timeout=2", "127.0.0.1:1/bank public.heteroagent")]
    [TestCase("Host=/nowhere;Username=u;Password=not-to-be-shown;Database=bank;Timeout=2", "/nowhere/bank public.heteroagent")]
    [TestCase("Host=no-such-host.invalid;Username=u;Password=not-to-be-shown;Database=bank;Timeout=2", "no-such-host.invalid:5432/bank public.heteroagent")]
    public async Task A_server_out_of_reach_is_named_without_the_password(string connection, string name)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
        PassageIndexException refused = (await Assert.ThrowsAsync<PassageIndexException>(async () => await new PostgresPassageIndex(source).GetInfoAsync()))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Error, Is.EqualTo(PassageIndexError.ConnectionLost));
            Assert.That(refused.Index, Is.EqualTo(name));
            Assert.That(refused.ToString(), Does.Not.Contain("not-to-be-shown"));
        }
    }
}
