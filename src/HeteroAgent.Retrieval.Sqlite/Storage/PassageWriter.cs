using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>Writes documents with their passages, words and vectors.</summary>
internal static class PassageWriter
{
    /// <summary>Writes a document in the place of one with its id.</summary>
    /// <returns>Whether one was there.</returns>
    public static bool Write(SqliteConnection connection, PendingDocument pending)
    {
        SourceDocument document = pending.Document;
        bool replaced = Remove(connection, document.Id);
        long id = connection.Scalar<long>("INSERT INTO documents (name, title, url, hash) VALUES ($1, $2, $3, $4) RETURNING id", document.Id, document.Title, document.Url?.OriginalString, pending.Hash);
        for (int i = 0; i < pending.Passages.Count; i++)
        {
            Passage passage = pending.Passages[i];
            long row = connection.Scalar<long>("INSERT INTO passages (document, start, text) VALUES ($1, $2, $3) RETURNING id", id, passage.Start, passage.Text);
            _ = connection.Execute("INSERT INTO words (rowid, title, heading, text) VALUES ($1, $2, $3, $4)", row, document.Title, passage.Heading, passage.Text);
            if (pending.Vectors is { } vectors)
            {
                _ = connection.Execute("INSERT INTO vectors (passage, vector) VALUES ($1, $2)", row, IndexState.Bytes(vectors[i]));
            }
        }

        return replaced;
    }

    /// <summary>Removes a document.</summary>
    /// <returns>Whether it was there.</returns>
    public static bool Remove(SqliteConnection connection, string name)
    {
        long id = connection.Scalar<long>("SELECT id FROM documents WHERE name = $1", name);
        if (id == 0)
        {
            return false;
        }

        _ = connection.Execute("DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE document = $1)", id);
        _ = connection.Execute("DELETE FROM vectors WHERE passage IN (SELECT id FROM passages WHERE document = $1)", id);
        _ = connection.Execute("DELETE FROM passages WHERE document = $1", id);
        _ = connection.Execute("DELETE FROM documents WHERE id = $1", id);
        return true;
    }
}
