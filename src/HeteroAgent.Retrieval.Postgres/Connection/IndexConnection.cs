using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Runs work on the caller's data source, and tells a lost connection and the like from errors of other kinds.</summary>
internal sealed class IndexConnection(NpgsqlDataSource dataSource, TableNames tables)
{
    /// <summary>Names the index in messages: host, database and tables, never user or password.</summary>
    public string Name { get; } = Describe(dataSource.ConnectionString, tables);

    /// <summary>Runs work that may be repeated: a pooled connection that the server has closed since is found out only when it is used.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (bool again = false; ; again = true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NpgsqlConnection connection;
            try
            {
                connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException)
            {
                throw Refusal(PassageIndexError.ConnectionLost, $"The database cannot be reached: {e.Message} What was committed is still there; the next call tries again.", e);
            }

            try
            {
                await using (connection.ConfigureAwait(false))
                {
                    return await work(connection, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (NpgsqlException e) when (Classify(e) == PassageIndexError.ConnectionLost && !again)
            {
                // The others of the pool are no better.
                dataSource.Clear();
            }
            catch (NpgsqlException e)
            {
                PassageIndexError error = Classify(e);
                throw Refusal(error, Explain(error, e), e);
            }
        }
    }

    public PassageIndexException Refusal(PassageIndexError error, string message, Exception? cause = null) => new(error, message, Name, cause);

    private static string Explain(PassageIndexError error, NpgsqlException e) => error switch
    {
        PassageIndexError.ConnectionLost => $"The connection to the database was lost: {e.Message} What was committed is still there; the next call connects again.",
        PassageIndexError.Busy => $"The server did not finish in time, or another writer was in the way: {e.Message} Nothing of this batch is written; try again, or raise the connection string's Command Timeout.",
        PassageIndexError.NotAnIndex => $"The tables are not those of a passage index: {e.Message} Choose another schema or table prefix.",
        PassageIndexError.Damaged => $"The index is damaged: {e.Message}",
        _ => $"The database refuses: {e.Message}",
    };

    private static PassageIndexError Classify(NpgsqlException e) => e is PostgresException server
        ? server.SqlState switch
        {
            ['0', '8', ..] or ['5', '7', 'P', ..] => PassageIndexError.ConnectionLost,
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled => PassageIndexError.Busy,
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.DatatypeMismatch => PassageIndexError.NotAnIndex,
            ['X', 'X', ..] => PassageIndexError.Damaged,
            _ => PassageIndexError.Inaccessible,
        }
        : e.InnerException is TimeoutException ? PassageIndexError.Busy : PassageIndexError.ConnectionLost;

    private static string Describe(string connectionString, TableNames tables)
    {
        NpgsqlConnectionStringBuilder parts = new(connectionString);
        string port = parts.Host is { } host && (host.StartsWith('/') || host.Contains(',', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal)) ? "" : string.Create(CultureInfo.InvariantCulture, $":{parts.Port}");
        return $"{parts.Host}{port}/{parts.Database ?? parts.Username} {tables}";
    }
}
