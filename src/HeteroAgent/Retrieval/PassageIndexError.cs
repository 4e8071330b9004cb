namespace HeteroAgent;

/// <summary>Why a passage index refused.</summary>
public enum PassageIndexError
{
    /// <summary>What stands at the place is something else than a passage index.</summary>
    NotAnIndex,

    /// <summary>The index was written in a version of the format that this library does not read.</summary>
    UnsupportedVersion,

    /// <summary>The index is damaged.</summary>
    Damaged,

    /// <summary>The vectors of the index were made by another embedding model than the one that was given, or the index holds words alone and a model was given to add to it.</summary>
    OtherEmbeddingModel,

    /// <summary>The index holds vectors, and no embedding generator was given.</summary>
    EmbeddingModelNeeded,

    /// <summary>Vectors were asked for, and the index holds words alone.</summary>
    NoVectors,

    /// <summary>Another process or connection writes to the index and did not finish in time.</summary>
    Busy,

    /// <summary>The index cannot be opened or written: rights, a full disk, a folder that does not exist.</summary>
    Inaccessible,

    /// <summary>The connection to the database that holds the index could not be made or was lost.</summary>
    ConnectionLost,
}
