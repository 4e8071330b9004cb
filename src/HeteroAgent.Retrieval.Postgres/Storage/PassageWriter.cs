using Npgsql;
using NpgsqlTypes;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Writes and removes documents, one transaction a call. Writers of one index take turns.</summary>
internal sealed class PassageWriter(IndexConnection connections, TableNames tables, IndexSchema schema)
{
    /// <summary>Leaves out the documents that are there with the same content.</summary>
    public async Task<List<PreparedDocument>> ChangedAsync(NpgsqlConnection connection, IReadOnlyCollection<PreparedDocument> documents, CancellationToken cancellationToken)
    {
        Dictionary<string, byte[]> present = [];
        NpgsqlCommand command = new($"SELECT key, hash FROM {tables.Documents} WHERE key = ANY($1)", connection) { Parameters = { SqlText.Texts([.. documents.Select(static d => d.Document.Id)]) } };
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    present[reader.GetString(0)] = reader.GetFieldValue<byte[]>(1);
                }
            }
        }

        return [.. documents.Where(d => !present.TryGetValue(d.Document.Id, out byte[]? hash) || !hash.AsSpan().SequenceEqual(d.Hash))];
    }

    /// <param name="connection">The connection.</param>
    /// <param name="documents">Documents of different ids; each replaces the one of its id.</param>
    /// <param name="model">The model of the vectors; null for words alone.</param>
    /// <param name="extension">What the server has of pgvector.</param>
    /// <param name="cancellationToken">Cancels the writing as a whole.</param>
    public async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<PreparedDocument> documents, EmbeddingFingerprint? model, VectorExtension extension, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            IndexHeader header = await schema.ReadHeaderAsync(connection, transaction, true, cancellationToken).ConfigureAwait(false);
            if (ModelConflict.Find(header, model, writes: true) is { } conflict)
            {
                throw connections.Refusal(conflict.Error, conflict.Message);
            }

            List<NpgsqlBatchCommand> commands = [];
            if (header.Documents == 0)
            {
                commands.AddRange(AdoptModel(model, extension));
            }

            commands.AddRange(Remove([.. documents.Select(static d => d.Document.Id)]));
            commands.AddRange(Insert(documents, header, model is null ? null : extension));
            NpgsqlBatch batch = SqlText.Batch(connection, transaction, [.. commands]);
            await using (batch.ConfigureAwait(false))
            {
                _ = await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<int> RemoveAsync(NpgsqlConnection connection, string[] ids, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            IndexHeader before = await schema.ReadHeaderAsync(connection, transaction, true, cancellationToken).ConfigureAwait(false);
            NpgsqlBatch batch = SqlText.Batch(connection, transaction, Remove(ids));
            await using (batch.ConfigureAwait(false))
            {
                _ = await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            IndexHeader after = await schema.ReadHeaderAsync(connection, transaction, false, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (int)(before.Documents - after.Documents);
        }
    }

    /// <summary>An index without documents takes the model that comes.</summary>
    private IEnumerable<NpgsqlBatchCommand> AdoptModel(EmbeddingFingerprint? model, VectorExtension extension)
    {
        yield return SqlText.Command($"DROP TABLE IF EXISTS {tables.Vectors}");
        yield return SqlText.Command(
            $"UPDATE {tables.Info} SET model = $1, probe = $2",
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)model?.Model ?? DBNull.Value },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Real, Value = (object?)model?.Probe ?? DBNull.Value });
        if (model is not null)
        {
            yield return SqlText.Command($"CREATE TABLE {tables.Vectors} (passage bigint PRIMARY KEY REFERENCES {tables.Passages} ON DELETE CASCADE, embedding {extension.Type}({model.Dimensions}) NOT NULL) WITH (toast_tuple_target = 8160)");
        }
    }

    private NpgsqlBatchCommand[] Remove(string[] ids)
    {
        string gone = $"SELECT w.passage, w.terms, w.length FROM {tables.Documents} d JOIN {tables.Passages} p ON p.document = d.id JOIN {tables.Words} w ON w.passage = p.id WHERE d.key = ANY($1)";
        return
        [
            SqlText.Command($"""
                WITH gone AS ({gone}), counts AS (SELECT lexeme, count(*) AS n FROM gone, unnest(tsvector_to_array(terms)) AS lexeme GROUP BY lexeme)
                UPDATE {tables.Lexemes} l SET passages = l.passages - counts.n FROM counts WHERE l.lexeme = counts.lexeme
                """, SqlText.Texts(ids)),
            SqlText.Command($"""
                WITH gone AS ({gone})
                UPDATE {tables.Info} SET documents = documents - (SELECT count(*) FROM {tables.Documents} WHERE key = ANY($1)),
                    passages = passages - (SELECT count(*) FROM gone), terms = terms - (SELECT coalesce(sum(length), 0) FROM gone)
                """, SqlText.Texts(ids)),
            SqlText.Command($"DELETE FROM {tables.Documents} WHERE key = ANY($1)", SqlText.Texts(ids)),
        ];
    }

    private IEnumerable<NpgsqlBatchCommand> Insert(IReadOnlyList<PreparedDocument> documents, IndexHeader header, VectorExtension? vectors)
    {
        (PreparedDocument Document, long Id, Passage Passage)[] passages = [.. documents.SelectMany((d, i) => d.Passages.Select(p => (d, header.NextDocument + i, p)))];
        long[] ids = [.. passages.Select((_, i) => header.NextPassage + i)];
        yield return SqlText.Command(
            $"INSERT INTO {tables.Documents} (id, key, title, url, hash) SELECT * FROM unnest($1, $2, $3, $4, $5)",
            SqlText.Longs([.. documents.Select((_, i) => header.NextDocument + i)]),
            SqlText.Texts([.. documents.Select(static d => d.Document.Id)]),
            SqlText.Texts([.. documents.Select(static d => d.Document.Title)]),
            SqlText.Texts([.. documents.Select(static d => d.Document.Url is { } url ? SqlText.Storable(url.OriginalString) : null)]),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = documents.Select(static d => d.Hash).ToArray() });
        yield return SqlText.Command(
            $"INSERT INTO {tables.Passages} (id, document, start, content) SELECT * FROM unnest($1, $2, $3, $4)",
            SqlText.Longs(ids),
            SqlText.Longs([.. passages.Select(static p => p.Id)]),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = passages.Select(static p => p.Passage.Start).ToArray() },
            SqlText.Texts([.. passages.Select(static p => p.Passage.Text)]));

        yield return SqlText.Command(
            $"""
            INSERT INTO {tables.Words} (passage, length, terms)
            SELECT id, (SELECT coalesce(sum(cardinality(u.positions)), 0) FROM unnest(terms) u), terms
            FROM (SELECT t.id, setweight(to_tsvector(i.configuration, t.title), 'A') || setweight(to_tsvector(i.configuration, t.heading), 'B') || to_tsvector(i.configuration, t.content) AS terms
                  FROM {tables.Info} i, unnest($1, $2, $3, $4) AS t(id, title, heading, content)) AS stemmed
            """,
            SqlText.Longs(ids),
            SqlText.Texts([.. passages.Select(static p => SearchText.Of(p.Passage.Title))]),
            SqlText.Texts([.. passages.Select(static p => SearchText.Of(p.Passage.Heading))]),
            SqlText.Texts([.. passages.Select(static p => SearchText.Of(p.Passage.Text))]));
        yield return SqlText.Command(
            $"""
            INSERT INTO {tables.Lexemes} AS l (lexeme, passages)
            SELECT lexeme, count(*) FROM {tables.Words} w, unnest(tsvector_to_array(w.terms)) AS lexeme WHERE w.passage = ANY($1) GROUP BY lexeme
            ON CONFLICT (lexeme) DO UPDATE SET passages = l.passages + excluded.passages
            """,
            SqlText.Longs(ids));
        if (vectors is not null)
        {
            float[] numbers = [.. documents.SelectMany(static d => d.Vectors!).SelectMany(static v => v)];
            yield return SqlText.Command(
                $"INSERT INTO {tables.Vectors} (passage, embedding) SELECT t.id, ($2[1 + (t.n - 1) * $3 : t.n * $3])::{vectors.Type} FROM unnest($1) WITH ORDINALITY AS t(id, n)",
                SqlText.Longs(ids),
                SqlText.Reals(numbers),
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer, Value = ids.Length == 0 ? 0 : numbers.Length / ids.Length });
        }

        yield return SqlText.Command(
            $"""
            UPDATE {tables.Info} SET documents = documents + {documents.Count}, passages = passages + {passages.Length}, next_document = next_document + {documents.Count}, next_passage = next_passage + {passages.Length},
                terms = terms + (SELECT coalesce(sum(length), 0) FROM {tables.Words} WHERE passage = ANY($1))
            """,
            SqlText.Longs(ids));
    }
}
