using System.Collections.Concurrent;
using System.Text;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>Ranks passages by BM25 of FTS5. A query's words are quoted, so that no syntax is left in them; the words that nearly every passage has are passed over where rarer ones find enough.</summary>
internal sealed class WordSearch
{
    // What one search may read of the lists of where words occur: BM25 costs about two microseconds an entry.
    private const int MostEntries = 2000;
    private const int MostTerms = 48;

    private readonly ConcurrentDictionary<string, int> _frequencies = new(StringComparer.Ordinal);
    private long _passagesCounted;

    /// <summary>The passages of the best scores, the best first.</summary>
    public IReadOnlyList<long> Rank(SqliteConnection connection, string query, int count, long passages)
    {
        // Frequencies only choose among words: they may lag behind by a tenth.
        if (Math.Abs(passages - Interlocked.Read(ref _passagesCounted)) * 10 > passages)
        {
            _frequencies.Clear();
            _ = Interlocked.Exchange(ref _passagesCounted, passages);
        }

        List<string> chosen = Choose(connection, Terms(query), count, passages);
        if (chosen.Count == 0)
        {
            return [];
        }

        using SqliteCommand command = connection.Command("SELECT rowid FROM words WHERE words MATCH $1 AND rank MATCH 'bm25(2.0, 1.0, 1.0)' ORDER BY rank LIMIT $2", string.Join(" OR ", chosen), count);
        using SqliteDataReader reader = command.ExecuteReader();
        List<long> ranked = [];
        while (reader.Read())
        {
            ranked.Add(reader.GetInt64(0));
        }

        return ranked;
    }

    /// <summary>The words of a text as FTS5's unicode61 sees them, each quoted and none twice.</summary>
    internal static IReadOnlyList<string> Terms(string text)
    {
        HashSet<string> terms = new(StringComparer.Ordinal);
        StringBuilder word = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || (word.Length > 0 && Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark))
            {
                _ = word.Append(rune.ToString());
            }
            else
            {
                Flush();
            }
        }

        Flush();
        return [.. terms];

        void Flush()
        {
            if (word.Length > 0)
            {
                _ = terms.Add($"\"{word.ToString().ToLowerInvariant()}\"");
                _ = word.Clear();
            }
        }
    }

    /// <summary>The rarest words until the entries are used up. A word of more than half of the passages has no weight in BM25, and is taken only where nothing else finds enough.</summary>
    private List<string> Choose(SqliteConnection connection, IReadOnlyList<string> terms, int count, long passages)
    {
        List<string> chosen = [];
        long entries = 0;
        foreach ((string term, int frequency) in terms.Select(t => (t, Frequency(connection, t))).Where(static t => t.Item2 > 0).OrderBy(static t => t.Item2).Take(MostTerms))
        {
            if (entries > 0 && (entries + frequency > MostEntries || frequency * 2L > passages) && entries >= count)
            {
                break;
            }

            chosen.Add(term);
            entries += frequency;
        }

        return chosen;
    }

    private int Frequency(SqliteConnection connection, string term)
    {
        if (!_frequencies.TryGetValue(term, out int frequency))
        {
            // Beyond twice the entries that may be read it does not matter how much more frequent a word is.
            frequency = (int)connection.Scalar<long>("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH $1 LIMIT $2)", term, MostEntries * 2);
            _frequencies[term] = frequency;
        }

        return frequency;
    }
}
