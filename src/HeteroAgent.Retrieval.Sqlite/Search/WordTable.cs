using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>Where the words that were looked for occur, read from FTS5 at a word's first search and then kept: a search adds up whole lists instead of asking FTS5 again for every entry.</summary>
/// <remarks>One table is what was committed at one generation. A later one shares its lists where only passages were added, and reads on what a list lacks.</remarks>
internal sealed class WordTable
{
    /// <summary>The most that all lists hold together, at 8 bytes an entry; beyond it all are forgotten.</summary>
    private const long MostEntries = 16_000_000;

    /// <summary>What a list counts for besides its entries.</summary>
    private const int ListCost = 16;

    private readonly long[] _passages;
    private readonly int _measured;
    private readonly ConcurrentDictionary<string, WordList> _lists;
    private long _entries;

    private WordTable(long[] passages, int measured, ConcurrentDictionary<string, WordList> lists)
    {
        (_passages, _measured, _lists) = (passages, measured, lists);
    }

    public required long Generation { get; init; }

    public required long Removals { get; init; }

    /// <summary>Reads the table that belongs to a state, taking over what an earlier one has read.</summary>
    public static WordTable Read(SqliteConnection connection, IndexState state, WordTable? earlier)
    {
        bool append = earlier is not null && earlier.Removals == state.Removals;
        List<long> passages = append ? [.. earlier!._passages] : [];
        using SqliteCommand command = connection.Command("SELECT id FROM passages WHERE id > $1 ORDER BY id", passages.Count > 0 ? passages[^1] : 0);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            passages.Add(reader.GetInt64(0));
        }

        // The mean length of a passage is part of every entry, and may lag behind by the passages of a tenth.
        bool keep = append && (passages.Count - earlier!._measured) * 10L <= earlier._measured;
        return new([.. passages], keep ? earlier!._measured : passages.Count, keep ? earlier!._lists : new(StringComparer.Ordinal))
        {
            Generation = state.Generation,
            Removals = state.Removals,
            _entries = keep ? Interlocked.Read(ref earlier!._entries) : 0,
        };
    }

    /// <summary>The passages of the best BM25, the best first; of equal ones the earlier first.</summary>
    public List<long> Best(SqliteConnection connection, IReadOnlyDictionary<string, int> terms, int count, CancellationToken cancellationToken)
    {
        float[] scores = ArrayPool<float>.Shared.Rent(_passages.Length);
        try
        {
            Array.Clear(scores, 0, _passages.Length);
            foreach ((string term, int times) in terms)
            {
                cancellationToken.ThrowIfCancellationRequested();
                WordList list = List(connection, term);
                double weight = times * Math.Log(1 + ((_passages.Length - list.Rows.Length + 0.5) / (list.Rows.Length + 0.5)));
                list.AddTo(scores.AsSpan(0, _passages.Length), (float)weight);
            }

            return Best(scores.AsSpan(0, _passages.Length), count);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    private List<long> Best(ReadOnlySpan<float> scores, int count)
    {
        PriorityQueue<int, float> best = new(count + 1);
        float least = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > least)
            {
                best.Enqueue(i, scores[i]);
                if (best.Count > count)
                {
                    _ = best.Dequeue();
                    _ = best.TryPeek(out _, out least);
                }
            }
        }

        return [.. best.UnorderedItems.OrderByDescending(static b => b.Priority).ThenBy(static b => b.Element).Select(b => _passages[b.Element])];
    }

    private WordList List(SqliteConnection connection, string term)
    {
        WordList known = _lists.GetValueOrDefault(term, WordList.Unread);
        if (known.Generation >= Generation)
        {
            return known;
        }

        WordList list = known.ReadOn(connection, term, _passages, Generation);
        if (Interlocked.Add(ref _entries, list.Rows.Length - known.Rows.Length + (known == WordList.Unread ? ListCost : 0)) > MostEntries)
        {
            _lists.Clear();
            _ = Interlocked.Exchange(ref _entries, 0);
        }

        _lists[term] = list;
        return list;
    }
}
