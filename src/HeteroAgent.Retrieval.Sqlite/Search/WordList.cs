using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>The passages that a word occurs in, with what each occurrence is worth before the word's weight: BM25's f (k1 + 1) / (f + k1 (1 - b + b length / mean length)), as FTS5 computes it.</summary>
/// <param name="Generation">The generation of the index up to which it was read.</param>
/// <param name="Last">The last passage that there was then.</param>
/// <param name="Rows">The places of the passages in the table, ascending.</param>
/// <param name="Factors">What each occurrence is worth.</param>
internal sealed record WordList(long Generation, long Last, int[] Rows, float[] Factors)
{
    public static readonly WordList Unread = new(-1, 0, [], []);

    /// <summary>Reads the passages that have come since.</summary>
    public WordList ReadOn(SqliteConnection connection, string term, long[] passages, long generation)
    {
        List<int> rows = [];
        List<double> scores = [];
        using SqliteCommand command = connection.Command("SELECT rowid, bm25(words, 2.0, 1.0, 1.0) FROM words WHERE words MATCH $1 AND rowid > $2 ORDER BY rowid", term, Last);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (Array.BinarySearch(passages, reader.GetInt64(0)) is >= 0 and int row)
            {
                rows.Add(row);
                scores.Add(reader.GetDouble(1));
            }
        }

        // FTS5 multiplies by the weight of a word in its own way, which gives words of more than half of the passages next to none; it is divided out again.
        int frequency = Rows.Length + rows.Count;
        double weight = Math.Log((passages.Length - frequency + 0.5) / (frequency + 0.5));
        weight = weight > 0 ? weight : 1e-6;
        return new(generation, passages.Length > 0 ? passages[^1] : 0, [.. Rows, .. rows], [.. Factors, .. scores.Select(s => (float)(-s / weight))]);
    }

    public void AddTo(Span<float> scores, float weight)
    {
        for (int i = 0; i < Rows.Length && Rows[i] < scores.Length; i++)
        {
            scores[Rows[i]] += weight * Factors[i];
        }
    }
}
