using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Ranks passages by the cosine of their vectors with the query's; by the HNSW index (Malkov and Yashunin 2018) where there is one, else exactly.</summary>
internal sealed class VectorSearch(TableNames tables)
{
    /// <summary>pgvector's index takes vectors of no more dimensions; longer ones are compared one by one.</summary>
    public const int MaxIndexedDimensions = 2000;

    public async Task<List<RankedPassage>> SearchAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, VectorExtension extension, float[] query, int count, bool exact, CancellationToken cancellationToken)
    {
        // The breadth of the search: pgvector's 40 finds too little.
        int breadth = Math.Clamp(4 * count, 200, 1000);
        string settings = $"SELECT set_config('hnsw.ef_search', '{breadth.ToString(CultureInfo.InvariantCulture)}', true){(extension.HasIterativeScan ? ", set_config('hnsw.iterative_scan', 'strict_order', true)" : "")}";
        NpgsqlCommand set = new(settings, connection, transaction);
        await using (set.ConfigureAwait(false))
        {
            _ = await set.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        string distance = $"embedding {extension.CosineDistance} $1::{extension.Type}";
        // No index serves a sum: every vector is compared.
        string sql = $"SELECT passage, (1 - ({distance}))::float8 FROM {tables.Vectors} ORDER BY {(exact ? $"({distance}) + 0" : distance)} LIMIT $2";
        NpgsqlCommand command = new(sql, connection, transaction)
        {
            Parameters = { SqlText.Reals(query), new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer, Value = count } },
        };
        await using (command.ConfigureAwait(false))
        {
            List<RankedPassage> found = await WordSearch.ReadRankingAsync(command, cancellationToken).ConfigureAwait(false);
            // A passage whose vector is zero has no direction.
            _ = found.RemoveAll(static p => double.IsNaN(p.Score));
            return found;
        }
    }

    /// <summary>Builds the index where it is not there; searches go on meanwhile, writers wait.</summary>
    public async Task<bool> BuildAsync(NpgsqlConnection connection, VectorExtension extension, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await IndexSchema.LockAsync(connection, transaction, tables.LockName, cancellationToken).ConfigureAwait(false);
            // CREATE INDEX IF NOT EXISTS would wait for other writers even where there is nothing to do.
            NpgsqlCommand exists = new("SELECT EXISTS (SELECT FROM pg_indexes WHERE schemaname = $1 AND indexname = $2)", connection, transaction) { Parameters = { SqlText.Text(tables.Schema), SqlText.Text(tables.VectorsIndexName) } };
            await using (exists.ConfigureAwait(false))
            {
                if ((bool)(await exists.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!)
                {
                    return false;
                }
            }

            NpgsqlCommand create = new($"CREATE INDEX {TableNames.Quote(tables.VectorsIndexName)} ON {tables.Vectors} USING hnsw (embedding {extension.CosineOperators}) WITH (m = 16, ef_construction = 128)", connection, transaction) { CommandTimeout = 0 };
            await using (create.ConfigureAwait(false))
            {
                _ = await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
    }
}
