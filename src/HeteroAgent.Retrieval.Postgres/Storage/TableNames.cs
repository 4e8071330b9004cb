namespace HeteroAgent.Retrieval.Postgres;

/// <summary>The quoted names of an index's tables. The parts are validated identifiers.</summary>
internal sealed class TableNames(PostgresPassageIndexOptions options)
{
    /// <summary>The schema's name without quotes.</summary>
    public string Schema => options.Schema;

    /// <summary>The name of <see cref="Info"/> without schema and quotes.</summary>
    public string InfoName => $"{options.TablePrefix}_info";

    public string Info => Table("info");

    public string Documents => Table("documents");

    public string Passages => Table("passages");

    /// <summary>The word stems of each passage.</summary>
    public string Words => Table("words");

    /// <summary>In how many passages each word stem occurs.</summary>
    public string Lexemes => Table("lexemes");

    public string Vectors => Table("vectors");

    public string WordsIndex => Quote($"{options.TablePrefix}_words_terms");

    public string VectorsIndexName => $"{options.TablePrefix}_vectors_hnsw";

    public string PassagesIndex => Quote($"{options.TablePrefix}_passages_document");

    /// <summary>What the advisory lock of this index is taken on.</summary>
    public string LockName => $"HeteroAgent {options.Schema}.{options.TablePrefix}";

    public override string ToString() => $"{options.Schema}.{options.TablePrefix}";

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string Table(string suffix) => $"{Quote(options.Schema)}.{Quote($"{options.TablePrefix}_{suffix}")}";
}
