using Microsoft.Data.Sqlite;

namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>The file of an index: its connections, its schema, and what its errors mean.</summary>
internal sealed class IndexFile : IDisposable
{
    private const int ApplicationId = 0x48415049;
    private const int SchemaVersion = 1;

    // A document's passages never reuse an id, so that a reader can tell what is new. FTS5 keeps no second copy of the text.
    private const string Schema = """
        CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, removals INTEGER NOT NULL, model TEXT, probe BLOB);
        INSERT INTO state VALUES (1, 0, 0, NULL, NULL);
        CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, url TEXT, hash BLOB NOT NULL);
        CREATE TABLE passages (id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, start INTEGER NOT NULL, text TEXT NOT NULL);
        CREATE INDEX passages_document ON passages (document);
        CREATE TABLE vectors (passage INTEGER PRIMARY KEY, vector BLOB NOT NULL);
        CREATE VIRTUAL TABLE words USING fts5 (title, heading, text, content='', contentless_delete=1, tokenize="porter unicode61 remove_diacritics 2");
        """;

    private readonly string _connectionString;
    private readonly Lock _opening = new();
    private bool _checked;

    static IndexFile() => SQLitePCL.Batteries_V2.Init();

    public IndexFile(string path, TimeSpan busyTimeout)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds),
        }.ToString();
    }

    public string Path { get; }

    /// <summary>Runs work on a connection of its own; an error of SQLite comes out typed.</summary>
    public T Run<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            using SqliteConnection connection = Open();
            return work(connection);
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    /// <summary>Runs work in a transaction. A reader sees one state of the index; a writer waits for the others.</summary>
    public T Run<T>(bool write, Func<SqliteTransaction, T> work) => Run(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: !write);
        T result = work(transaction);
        transaction.Commit();
        return result;
    });

    public PassageIndexException Refuse(PassageIndexError error, string message, Exception? cause = null) => new(error, message, Path, cause);

    public void Dispose()
    {
        using SqliteConnection connection = new(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new(_connectionString);
        try
        {
            connection.Open();
            lock (_opening)
            {
                if (!_checked)
                {
                    Check(connection);
                    _checked = true;
                }
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Check(SqliteConnection connection)
    {
        if (IsMade(connection))
        {
            return;
        }

        // A log that is written ahead lets readers go on while one writes, and is what a killed process leaves intact.
        _ = connection.Scalar<string>("PRAGMA journal_mode = WAL");
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        if (!IsMade(connection))
        {
            connection.Execute(Schema);
            connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}");
        }

        transaction.Commit();
    }

    private bool IsMade(SqliteConnection connection)
    {
        long application = connection.Scalar<long>("PRAGMA application_id");
        long version = connection.Scalar<long>("PRAGMA user_version");
        if (application != ApplicationId)
        {
            return application == 0 && version == 0 && connection.Scalar<long>("SELECT count(*) FROM sqlite_schema") == 0 ? false
                : throw Refuse(PassageIndexError.NotAnIndex, "This SQLite database is no passage index. Choose another file name; a new index is made where there is no file.");
        }

        return version == SchemaVersion ? true
            : throw Refuse(PassageIndexError.UnsupportedVersion, $"The index has format version {version}, and this library reads version {SchemaVersion}. Make the index anew, or use the version of the library that made it.");
    }

    private PassageIndexException Translate(SqliteException e) => e.SqliteErrorCode switch
    {
        5 or 6 => Refuse(PassageIndexError.Busy, "Another process or connection writes to the index and did not finish in time. Try again, or wait longer with BusyTimeout.", e),
        26 => Refuse(PassageIndexError.NotAnIndex, "The file is no SQLite database. Choose another file name; a new index is made where there is no file.", e),
        11 or 24 => Refuse(PassageIndexError.Damaged, "The index is damaged. Delete it and add the documents again, or restore a copy.", e),
        1 => Refuse(PassageIndexError.Damaged, $"The index does not hold what its version should ({e.Message}). Delete it and add the documents again.", e),
        13 => Refuse(PassageIndexError.Inaccessible, "The disk is full. What had been committed is there.", e),
        8 => Refuse(PassageIndexError.Inaccessible, "The index cannot be written: the file or its folder is read-only for this user.", e),
        14 or 3 or 23 => Refuse(PassageIndexError.Inaccessible, "The index cannot be opened or made: its folder must exist, and this user must be allowed to write there.", e),
        _ => Refuse(PassageIndexError.Inaccessible, $"SQLite failed: {e.Message}", e),
    };
}
