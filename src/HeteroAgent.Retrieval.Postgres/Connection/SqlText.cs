using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Makes commands with positional parameters, and text that a PostgreSQL server takes.</summary>
internal static class SqlText
{
    public static NpgsqlBatch Batch(NpgsqlConnection connection, NpgsqlTransaction? transaction, params NpgsqlBatchCommand[] commands)
    {
        NpgsqlBatch batch = new(connection, transaction);
        foreach (NpgsqlBatchCommand command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    public static NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        NpgsqlBatchCommand command = new(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    public static NpgsqlParameter Text(string value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = value };

    public static NpgsqlParameter Texts(string?[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = values };

    public static NpgsqlParameter Longs(long[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = values };

    public static NpgsqlParameter Reals(float[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Real, Value = values };

    /// <summary>A server's text holds neither U+0000 nor lone surrogates: each becomes U+FFFD, which leaves offsets as they are.</summary>
    public static string Storable(string text)
    {
        if (!NeedsRepair(text))
        {
            return text;
        }

        StringBuilder repaired = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = repaired.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return repaired.ToString();
    }

    public static bool NeedsRepair(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                return true;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }
}
