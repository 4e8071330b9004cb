using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>
/// Ranks passages by the words of a query, any of which may match, by BM25 (Robertson and Zaragoza 2009; k1 = 1.2, b = 0.75) over the server's word stems; a stem in the title counts twice.
/// The passages that are ranked so are the best of a quicker look: the weightiest stems of the query bring candidates from the index, which are sorted by the sum of those stems' weights
/// times ts_rank of each alone (which saturates with the occurrences: 1, 1.25, 1.36 for 1, 2, 3) over a factor that grows with the length.
/// </summary>
internal sealed class WordSearch(TableNames tables)
{
    /// <summary>The weightiest stems bring as many candidates as about so many occurrences are.</summary>
    private const int CandidateBudget = 4000;

    /// <summary>So many of the weightiest stems sort the candidates.</summary>
    private const int SortingLexemes = 24;

    /// <summary>So many of the sorted candidates are ranked, more where more are asked for.</summary>
    private const int MinRanked = 200;

    // A server refuses to stem a megabyte at once, and nobody asks that much.
    private const int MaxQueryLength = 100_000;

    public async Task<List<RankedPassage>> SearchAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IndexHeader header, string query, int count, bool exact, CancellationToken cancellationToken)
    {
        List<QueryLexeme> lexemes = await ReadLexemesAsync(connection, transaction, header, query, cancellationToken).ConfigureAwait(false);
        if (lexemes.Count == 0)
        {
            return [];
        }

        List<NpgsqlParameter> parameters =
        [
            SqlText.Text(string.Join(" | ", Candidates(lexemes, exact ? long.MaxValue : Math.Max(CandidateBudget, 4L * count)).Select(static l => l.Query))),
            new() { NpgsqlDbType = NpgsqlDbType.Double, Value = header.AverageLength },
            SqlText.Texts([.. lexemes.Select(static l => l.Lexeme)]),
            new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double, Value = lexemes.Select(static l => l.Weight).ToArray() },
            new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = count },
        ];
        string best = exact ? "" : $"ORDER BY ({QuickScore(lexemes, parameters)}) / (0.6 + 0.4 * w.length / $2) DESC, w.passage LIMIT {Math.Max(MinRanked, 4 * count).ToString(CultureInfo.InvariantCulture)}";
        string sql = $"""
            WITH candidates AS MATERIALIZED (SELECT w.passage, w.length, w.terms FROM {tables.Words} w WHERE w.terms @@ $1::text::tsquery {best})
            SELECT c.passage, sum(q.weight * o.n * 2.2 / (o.n + 1.2 * (0.25 + 0.75 * c.length / $2)))::float8 AS score
            FROM candidates c CROSS JOIN LATERAL unnest(c.terms) AS t(lexeme, positions, weights) JOIN unnest($3, $4) AS q(lexeme, weight) ON q.lexeme = t.lexeme
            CROSS JOIN LATERAL (SELECT cardinality(t.positions) + cardinality(array_positions(t.weights, 'A')) AS n) o
            GROUP BY c.passage ORDER BY score DESC, c.passage LIMIT $5
            """;
        NpgsqlCommand command = new(sql, connection, transaction);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters.ToArray());
            return await ReadRankingAsync(command, cancellationToken).ConfigureAwait(false);
        }
    }

    internal static async Task<List<RankedPassage>> ReadRankingAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        List<RankedPassage> found = [];
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                found.Add(new RankedPassage(reader.GetInt64(0), reader.GetDouble(1)));
            }
        }

        return found;
    }

    /// <summary>The weightiest stems whose passages the budget pays for, and at least one.</summary>
    private static List<QueryLexeme> Candidates(List<QueryLexeme> lexemes, long budget)
    {
        List<QueryLexeme> chosen = [];
        foreach (QueryLexeme lexeme in lexemes)
        {
            if (lexeme.Passages <= budget)
            {
                chosen.Add(lexeme);
                budget -= lexeme.Passages;
            }
        }

        return chosen.Count > 0 ? chosen : [lexemes.MinBy(static l => l.Passages)!];
    }

    private static string QuickScore(List<QueryLexeme> lexemes, List<NpgsqlParameter> parameters)
    {
        StringBuilder score = new();
        foreach (QueryLexeme lexeme in lexemes.Take(SortingLexemes))
        {
            parameters.Add(SqlText.Text(lexeme.Query));
            _ = score.Append(CultureInfo.InvariantCulture, $"{(score.Length == 0 ? "" : " + ")}{lexeme.Weight:R} * ts_rank('{{0.5, 0.5, 0.75, 1}}', w.terms, ${parameters.Count}::text::tsquery)");
        }

        return score.ToString();
    }

    /// <summary>The query's stems that the index knows, the weightiest first.</summary>
    private async Task<List<QueryLexeme>> ReadLexemesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IndexHeader header, string query, CancellationToken cancellationToken)
    {
        string text = SearchText.Of(query.Length > MaxQueryLength ? query[..MaxQueryLength] : query);
        string sql = $"""
            SELECT l.lexeme, l.passages, cardinality(q.positions) FROM {tables.Info} i CROSS JOIN LATERAL unnest(to_tsvector(i.configuration, $1)) AS q(lexeme, positions, weights)
            JOIN {tables.Lexemes} l ON l.lexeme = q.lexeme WHERE l.passages > 0
            """;
        NpgsqlCommand command = new(sql, connection, transaction) { Parameters = { SqlText.Text(text) } };
        await using (command.ConfigureAwait(false))
        {
            List<QueryLexeme> lexemes = [];
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    long n = reader.GetInt64(1);
                    double inverseFrequency = Math.Log(1 + ((Math.Max(header.Passages - n, 0) + 0.5) / (n + 0.5)));
                    lexemes.Add(new QueryLexeme(reader.GetString(0), n, reader.GetInt32(2) * inverseFrequency));
                }
            }

            lexemes.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : string.CompareOrdinal(a.Lexeme, b.Lexeme));
            return lexemes;
        }
    }

    /// <param name="Lexeme">The stem.</param>
    /// <param name="Passages">The number of passages that hold it.</param>
    /// <param name="Weight">Its occurrences in the query times its inverse document frequency.</param>
    private sealed record QueryLexeme(string Lexeme, long Passages, double Weight)
    {
        /// <summary>Gets the stem as a tsquery of one operand.</summary>
        public string Query => $"'{Lexeme.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
