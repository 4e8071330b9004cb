namespace HeteroAgent.Retrieval.Sqlite;

/// <summary>How a <see cref="SqlitePassageIndex"/> reads documents and waits.</summary>
public sealed record SqlitePassageIndexOptions
{
    private readonly TimeSpan _busyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Gets what cuts documents into passages. With other settings than before, a document counts as changed when it is added again.</summary>
    /// <value>Default: the chunker's own defaults.</value>
    public PassageChunker Chunker { get; init; } = new();

    /// <summary>Gets how long a writer waits for another one, in this process or in another, before it is refused with <see cref="PassageIndexError.Busy"/>. Readers never wait.</summary>
    /// <value>Default 10 seconds; rounded up to whole seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 1 second and 1 hour.</exception>
    public TimeSpan BusyTimeout
    {
        get => _busyTimeout;
        init => _busyTimeout = value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromHours(1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A writer waits between 1 second and 1 hour.");
    }
}
