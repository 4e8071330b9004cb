using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>The one row that says how far an index has got and what made its vectors.</summary>
/// <param name="Generation">Grows with every committed batch.</param>
/// <param name="Removals">Grows with every batch that takes passages away.</param>
/// <param name="Model">What made the vectors; null where the index holds words alone, or nothing yet.</param>
internal sealed record IndexState(long Generation, long Removals, EmbeddingFingerprint? Model)
{
    public static IndexState Read(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Command("SELECT generation, removals, model, probe FROM state");
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : new EmbeddingFingerprint(reader.GetString(2), Vector(reader, 3)))
            : throw new SqliteException("the row of the state is missing", 11);
    }

    /// <summary>Notes a batch in the same transaction that wrote it.</summary>
    public static void Advance(SqliteConnection connection, bool removed, EmbeddingFingerprint? model) =>
        _ = connection.Execute("UPDATE state SET generation = generation + 1, removals = removals + $1, model = $2, probe = $3",
            removed ? 1 : 0, model?.Model, model is null ? null : Bytes(model.Probe));

    public static float[] Vector(SqliteDataReader reader, int column) => MemoryMarshal.Cast<byte, float>(reader.GetFieldValue<byte[]>(column)).ToArray();

    public static byte[] Bytes(ReadOnlySpan<float> vector) => MemoryMarshal.AsBytes(vector).ToArray();
}
