using System.Text.RegularExpressions;

namespace HeteroAgent.Retrieval.Postgres;

/// <summary>Where a <see cref="PostgresPassageIndex"/> keeps its tables and how it reads text. Immutable.</summary>
public sealed partial record PostgresPassageIndexOptions
{
    private readonly string _schema = "public";
    private readonly string _tablePrefix = "heteroagent";
    private readonly string _textSearchConfiguration = "english";

    /// <summary>Gets the schema of the tables; it is created where it is not there.</summary>
    /// <value>Default <c>public</c>.</value>
    /// <exception cref="ArgumentException">The value is no identifier of lower-case letters, digits and underscores that starts with a letter or underscore, at most 48 long.</exception>
    public string Schema
    {
        get => _schema;
        init => _schema = Identifier(value, nameof(Schema));
    }

    /// <summary>Gets what the names of the tables start with: one prefix, one index.</summary>
    /// <value>Default <c>heteroagent</c>.</value>
    /// <exception cref="ArgumentException">The value is no identifier of lower-case letters, digits and underscores that starts with a letter or underscore, at most 48 long.</exception>
    public string TablePrefix
    {
        get => _tablePrefix;
        init => _tablePrefix = Identifier(value, nameof(TablePrefix));
    }

    /// <summary>Gets the text search configuration that cuts texts into word stems. It is read when an index is made; an index that is there keeps its own.</summary>
    /// <value>Default <c>english</c>; <c>simple</c> suits texts of many languages.</value>
    /// <exception cref="ArgumentException">The value is no identifier of lower-case letters, digits and underscores that starts with a letter or underscore, at most 48 long.</exception>
    public string TextSearchConfiguration
    {
        get => _textSearchConfiguration;
        init => _textSearchConfiguration = Identifier(value, nameof(TextSearchConfiguration));
    }

    /// <summary>Gets how documents are cut into passages. A document that is there already is cut anew only when its content changes.</summary>
    /// <value>Default <c>new PassageChunker()</c>.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public PassageChunker Chunker
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value));
    }
    = new();

    /// <summary>Gets the number of passages from which on an approximate index (HNSW) serves the vectors; below it every vector is compared.</summary>
    internal int ApproximateFrom { get; init; } = 4000;

    private static string Identifier(string value, string name)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return IdentifierPattern().IsMatch(value) ? value
            : throw new ArgumentException($"{name} must be lower-case letters, digits and underscores, start with a letter or underscore and be at most 48 long; '{value}' is not.", name);
    }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,47}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierPattern();
}
