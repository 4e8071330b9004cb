using System.Numerics.Tensors;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>The vectors of an index in memory, 8 bits an element: a scan finds the likely nearest, whose full vectors are then compared.</summary>
/// <remarks>One table is what was committed at one generation. A later one shares its arrays where only passages were added: what the earlier one reads does not change.</remarks>
internal sealed class VectorTable
{
    private readonly int _stride;
    private readonly int _count;
    private readonly long[] _passages;
    private readonly sbyte[] _codes;
    private readonly float[] _scales;

    private VectorTable(int stride, int count, long[] passages, sbyte[] codes, float[] scales)
    {
        (_stride, _count, _passages, _codes, _scales) = (stride, count, passages, codes, scales);
    }

    public required long Generation { get; init; }

    public required long Removals { get; init; }

    /// <summary>Reads the table that belongs to a state, taking over what an earlier one has read.</summary>
    public static VectorTable Read(SqliteConnection connection, IndexState state, VectorTable? earlier)
    {
        int dimensions = state.Model!.Dimensions;
        int stride = (dimensions + CodeScan.Block - 1) / CodeScan.Block * CodeScan.Block;
        bool append = earlier is not null && earlier.Removals == state.Removals && earlier._stride == stride;
        int count = append ? earlier!._count : 0;
        long last = count > 0 ? earlier!._passages[count - 1] : 0;
        int room = count + (int)connection.Scalar<long>("SELECT count(*) FROM vectors WHERE passage > $1", last);
        (long[] passages, sbyte[] codes, float[] scales) = append ? (earlier!._passages, earlier._codes, earlier._scales) : ([], [], []);
        if (room > passages.Length)
        {
            int size = append ? Math.Max(room, passages.Length * 2) : room;
            Array.Resize(ref passages, size);
            Array.Resize(ref scales, size);
            Array.Resize(ref codes, checked(size * stride));
        }

        using SqliteCommand command = connection.Command("SELECT passage, vector FROM vectors WHERE passage > $1 ORDER BY passage", last);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            float[] vector = IndexState.Vector(reader, 1);
            if (vector.Length != dimensions)
            {
                throw new SqliteException($"a vector has {vector.Length} dimensions instead of {dimensions}", 11);
            }

            passages[count] = reader.GetInt64(0);
            scales[count] = Quantise(vector, codes.AsSpan(count * stride, dimensions));
            count++;
        }

        return new(stride, count, passages, codes, scales) { Generation = state.Generation, Removals = state.Removals };
    }

    /// <summary>The passages whose codes are the nearest to each query, in no order.</summary>
    public List<long>[] Nearest(IReadOnlyList<float[]> queries, int candidates, CancellationToken cancellationToken)
    {
        CodeScan[] scans = [.. queries.Select(q => new CodeScan(q, _stride, candidates))];

        // A block of rows stays in the cache while every query passes over it.
        const int Rows = 256;
        for (int first = 0; first < _count; first += Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = Math.Min(Rows, _count - first);
            foreach (CodeScan scan in scans)
            {
                scan.Pass(_codes.AsSpan(first * _stride, rows * _stride), _scales.AsSpan(first, rows), first);
            }
        }

        return [.. scans.Select(s => s.Best().Select(i => _passages[i]).ToList())];
    }

    /// <summary>Writes the codes of a vector of any length, scaled so that a code times the scale is an element of the vector at length 1.</summary>
    private static float Quantise(ReadOnlySpan<float> vector, Span<sbyte> codes)
    {
        float largest = MathF.Abs(vector.Length == 0 ? 0 : TensorPrimitives.MaxMagnitude(vector));
        float length = TensorPrimitives.Norm(vector);
        if (!(largest > 0) || !float.IsFinite(length))
        {
            codes.Clear();
            return 0;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            codes[i] = (sbyte)MathF.Round(vector[i] * 127 / largest);
        }

        return largest / 127 / length;
    }
}
