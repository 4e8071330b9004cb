using Npgsql;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Reads the passages of a ranking.</summary>
internal static class PassageReader
{
    public static async Task<IReadOnlyList<RetrievedPassage>> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, TableNames tables, IReadOnlyList<RankedPassage> ranking, CancellationToken cancellationToken)
    {
        if (ranking.Count == 0)
        {
            return [];
        }

        string sql = $"""
            SELECT r.n, d.key, d.title, p.content, p.start, d.url
            FROM unnest($1) WITH ORDINALITY AS r(passage, n) JOIN {tables.Passages} p ON p.id = r.passage JOIN {tables.Documents} d ON d.id = p.document ORDER BY r.n
            """;
        NpgsqlCommand command = new(sql, connection, transaction) { Parameters = { SqlText.Longs([.. ranking.Select(static r => r.Passage)]) } };
        await using (command.ConfigureAwait(false))
        {
            List<RetrievedPassage> found = new(ranking.Count);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    double score = ranking[(int)reader.GetInt64(0) - 1].Score;
                    Uri? url = await reader.IsDBNullAsync(5, cancellationToken).ConfigureAwait(false) ? null : new Uri(reader.GetString(5), UriKind.RelativeOrAbsolute);
                    found.Add(new RetrievedPassage(reader.GetString(1), reader.GetString(2), reader.GetString(3), score) { Start = reader.GetInt32(4), Url = url });
                }
            }

            return found;
        }
    }
}
