using Npgsql;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Makes the tables of an index, and reads what describes it.</summary>
internal sealed class IndexSchema(IndexConnection connections, TableNames tables, string textSearchConfiguration)
{
    /// <summary>Makes what is not there, in one transaction. Two processes may come at the same time: the second waits and then finds everything.</summary>
    public async Task<VectorExtension> EnsureAsync(NpgsqlConnection connection, bool wantsVectors, CancellationToken cancellationToken)
    {
        VectorExtension extension = await ReadExtensionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (!await ExistsAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await LockAsync(connection, transaction, tables.LockName, cancellationToken).ConfigureAwait(false);
                if (!await ExistsAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    await CreateAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        _ = await ReadHeaderAsync(connection, null, false, cancellationToken).ConfigureAwait(false);
        return wantsVectors && extension.Schema is null && extension.Missing is null ? await CreateExtensionAsync(connection, cancellationToken).ConfigureAwait(false) : extension;
    }

    /// <summary>Reads the row that describes the index; with <paramref name="lockRow"/> other writers wait until the transaction ends.</summary>
    public async Task<IndexHeader> ReadHeaderAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, bool lockRow, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new($"SELECT {IndexHeader.Columns} FROM {tables.Info}{(lockRow ? " FOR UPDATE" : "")}", connection, transaction);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await ReadHeaderAsync(reader, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async Task<IndexHeader> ReadHeaderAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            throw connections.Refusal(PassageIndexError.Damaged, "The row that describes the index is missing.");
        }

        int format = reader.GetInt32(0);
        if (format != IndexHeader.CurrentFormat)
        {
            throw connections.Refusal(PassageIndexError.UnsupportedVersion, $"The tables are of format {format}; this library reads {IndexHeader.CurrentFormat}. Update the library, or make the index anew under another table prefix.");
        }

        EmbeddingFingerprint? model = await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : new(reader.GetString(1), reader.GetFieldValue<float[]>(2));
        return new IndexHeader(format, model, reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7));
    }

    /// <summary>Holds an advisory lock until the transaction ends.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string name, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", connection, transaction) { Parameters = { SqlText.Text(name) } };
        await using (command.ConfigureAwait(false))
        {
            _ = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // to_regclass may answer from what the session remembers from before the lock.
        const string Sql = "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2)";
        NpgsqlCommand command = new(Sql, connection) { Parameters = { SqlText.Text(tables.Schema), SqlText.Text(tables.InfoName) } };
        await using (command.ConfigureAwait(false))
        {
            return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    private async Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        NpgsqlBatch check = SqlText.Batch(
            connection,
            transaction,
            SqlText.Command("SELECT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = $1), EXISTS (SELECT FROM pg_namespace WHERE nspname = $2)", SqlText.Text(textSearchConfiguration), SqlText.Text(tables.Schema)));
        bool schemaExists;
        await using (check.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await check.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                _ = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                schemaExists = reader.GetBoolean(1);
                if (!reader.GetBoolean(0))
                {
                    throw connections.Refusal(PassageIndexError.Inaccessible, $"The database has no text search configuration '{textSearchConfiguration}'. SELECT cfgname FROM pg_ts_config lists those it has; 'simple' is always there.");
                }
            }
        }

        // Tuples of words and vectors stay in their own pages as long as they fit: a search reads many of them.
        string sql = $"""
            {(schemaExists ? "" : $"CREATE SCHEMA {TableNames.Quote(tables.Schema)};")}
            CREATE TABLE {tables.Info} (
                one boolean PRIMARY KEY DEFAULT true CHECK (one), format integer NOT NULL, configuration regconfig NOT NULL, model text, probe real[],
                documents bigint NOT NULL DEFAULT 0, passages bigint NOT NULL DEFAULT 0, terms bigint NOT NULL DEFAULT 0, next_document bigint NOT NULL DEFAULT 1, next_passage bigint NOT NULL DEFAULT 1);
            CREATE TABLE {tables.Documents} (id bigint PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, title text NOT NULL, url text, hash bytea NOT NULL);
            CREATE TABLE {tables.Passages} (id bigint PRIMARY KEY, document bigint NOT NULL REFERENCES {tables.Documents} ON DELETE CASCADE, start integer NOT NULL, content text NOT NULL);
            CREATE INDEX {tables.PassagesIndex} ON {tables.Passages} (document);
            CREATE TABLE {tables.Words} (passage bigint PRIMARY KEY REFERENCES {tables.Passages} ON DELETE CASCADE, length integer NOT NULL, terms tsvector NOT NULL) WITH (toast_tuple_target = 8160);
            CREATE INDEX {tables.WordsIndex} ON {tables.Words} USING gin (terms);
            CREATE TABLE {tables.Lexemes} (lexeme text COLLATE "C" PRIMARY KEY, passages bigint NOT NULL) WITH (fillfactor = 80);
            """;
        NpgsqlCommand create = new(sql, connection, transaction);
        await using (create.ConfigureAwait(false))
        {
            _ = await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        NpgsqlCommand describe = new($"INSERT INTO {tables.Info} (format, configuration) VALUES ({IndexHeader.CurrentFormat}, $1::regconfig)", connection, transaction) { Parameters = { SqlText.Text(textSearchConfiguration) } };
        await using (describe.ConfigureAwait(false))
        {
            _ = await describe.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<VectorExtension> ReadExtensionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT (SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
                   (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
                   EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')
            """;
        NpgsqlCommand command = new(Sql, connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                _ = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false))
                {
                    return new VectorExtension(null, false, reader.GetBoolean(2) ? null : "The database server has no pgvector: install it there (Debian's package is postgresql-NN-pgvector), then run CREATE EXTENSION vector in the database.");
                }

                Version? version = Version.TryParse(reader.GetString(1), out Version? parsed) ? parsed : null;
                return version >= new Version(0, 5)
                    ? new VectorExtension(reader.GetString(0), version >= new Version(0, 8), null)
                    : new VectorExtension(null, false, $"The database has pgvector {reader.GetString(1)}; 0.5 or newer is needed.");
            }
        }
    }

    private static async Task<VectorExtension> CreateExtensionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // IF NOT EXISTS alone does not keep two sessions apart.
                await LockAsync(connection, transaction, "HeteroAgent CREATE EXTENSION vector", cancellationToken).ConfigureAwait(false);
                NpgsqlCommand command = new("CREATE EXTENSION IF NOT EXISTS vector", connection, transaction);
                await using (command.ConfigureAwait(false))
                {
                    _ = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            return new VectorExtension(null, false, $"The server has pgvector, but the database has not, and this role may not add it: {e.MessageText}. Have CREATE EXTENSION vector run once by a role that may.");
        }

        return await ReadExtensionAsync(connection, cancellationToken).ConfigureAwait(false);
    }
}
