using System.Numerics.Tensors;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>Searches an index by words and vectors, and fuses what they find.</summary>
internal sealed class PassageSearch
{
    /// <summary>The most parts of a query that are looked for.</summary>
    public const int MostParts = 32;

    /// <summary>The constant of reciprocal rank fusion: lower than the usual 60, since only two rankings are fused and the first places of each should tell.</summary>
    private const double FusionConstant = 20;

    /// <summary>The ranks of a single ranking that count, at least.</summary>
    private const int Depth = 100;

    private readonly Lock _reading = new();
    private VectorTable? _table;
    private WordTable? _words;

    /// <summary>Finds passages within one read transaction.</summary>
    public IReadOnlyList<RetrievedPassage> Find(SqliteConnection connection, PassageQuery query, CancellationToken cancellationToken)
    {
        int depth = Math.Max(Depth, query.TopK);
        List<IReadOnlyList<long>> rankings = [];
        if (query.Words is { } words)
        {
            rankings.Add(Words(connection).Best(connection, QueryWords.Count(words), depth, cancellationToken));
        }

        if (query.Vectors.Count > 0)
        {
            rankings.AddRange(ByVectors(connection, query.Vectors, depth, cancellationToken));
        }

        return Read(connection, ReciprocalRankFusion.Fuse(rankings, FusionConstant).Take(query.TopK));
    }

    /// <summary>One ranking a vector, by cosine.</summary>
    internal IEnumerable<IReadOnlyList<long>> ByVectors(SqliteConnection connection, IReadOnlyList<float[]> vectors, int depth, CancellationToken cancellationToken)
    {
        VectorTable? table = Table(connection);
        if (table is null)
        {
            return [];
        }

        // Codes rank nearly as vectors do: half as many again hold the best.
        List<long>[] near = table.Nearest(vectors, Math.Max(depth + (depth / 2), depth + 32), cancellationToken);
        Dictionary<long, float[]> full = [];
        string ids = string.Join(',', near.SelectMany(static n => n).Distinct());
        using SqliteCommand command = connection.Command($"SELECT passage, vector FROM vectors WHERE passage IN ({ids})");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            full[reader.GetInt64(0)] = IndexState.Vector(reader, 1);
        }

        return [.. near.Select((candidates, i) => (IReadOnlyList<long>)[.. candidates.Where(full.ContainsKey)
            .Select(c => (Id: c, Score: TensorPrimitives.CosineSimilarity(vectors[i], full[c])))
            .Where(static c => float.IsFinite(c.Score)).OrderByDescending(static c => c.Score).ThenBy(static c => c.Id).Take(depth).Select(static c => c.Id)])];
    }

    private VectorTable? Table(SqliteConnection connection)
    {
        IndexState state = IndexState.Read(connection);
        if (state.Model is null)
        {
            return null;
        }

        lock (_reading)
        {
            if (_table is null || _table.Generation < state.Generation)
            {
                _table = VectorTable.Read(connection, state, _table);
            }

            return _table;
        }
    }

    private WordTable Words(SqliteConnection connection)
    {
        IndexState state = IndexState.Read(connection);
        lock (_reading)
        {
            if (_words is null || _words.Generation < state.Generation)
            {
                _words = WordTable.Read(connection, state, _words);
            }

            return _words;
        }
    }

    private static List<RetrievedPassage> Read(SqliteConnection connection, IEnumerable<KeyValuePair<long, double>> ranked)
    {
        List<RetrievedPassage> found = [];
        using SqliteCommand command = connection.Command("SELECT d.name, d.title, p.text, p.start, d.url FROM passages p JOIN documents d ON d.id = p.document WHERE p.id = $1", 0L);
        foreach ((long id, double score) in ranked)
        {
            command.Parameters[0].Value = id;
            using SqliteDataReader reader = command.ExecuteReader();
            if (reader.Read())
            {
                found.Add(new RetrievedPassage(reader.GetString(0), reader.GetString(1), reader.GetString(2), score)
                {
                    Start = reader.GetInt32(3),
                    Url = reader.IsDBNull(4) ? null : new Uri(reader.GetString(4), UriKind.RelativeOrAbsolute),
                });
            }
        }

        return found;
    }
}
