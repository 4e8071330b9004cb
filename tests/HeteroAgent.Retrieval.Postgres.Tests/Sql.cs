using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>What the tests ask a database themselves.</summary>
internal static class Sql
{
    public static async Task<T> ScalarAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql);
        _ = await command.ExecuteNonQueryAsync();
    }

    /// <summary>The kept counts are those that PostgreSQL counts itself.</summary>
    public static async Task AssertConsistentAsync(NpgsqlDataSource source, string index)
    {
        long differences = await ScalarAsync<long>(source, $"""
            SELECT count(*) FROM (SELECT lexeme, passages FROM {index}_lexemes WHERE passages <> 0) kept
            FULL JOIN (SELECT word, ndoc FROM ts_stat('SELECT terms FROM {index}_words')) counted ON kept.lexeme = counted.word
            WHERE kept.passages IS DISTINCT FROM counted.ndoc
            """);
        bool totals = await ScalarAsync<bool>(source, $"""
            SELECT documents = (SELECT count(*) FROM {index}_documents) AND passages = (SELECT count(*) FROM {index}_passages) AND passages = (SELECT count(*) FROM {index}_words)
               AND terms = (SELECT coalesce(sum(length), 0) FROM {index}_words) FROM {index}_info
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(differences, Is.Zero, "document frequencies");
            Assert.That(totals, Is.True, "totals");
        }
    }
}
