namespace HeteroAgent.LlamaCpp;

/// <summary>Why training cannot begin or go on.</summary>
public enum TuningFailure
{
    /// <summary>The examples cannot be used: too few, too long, or none that fits the task.</summary>
    UnusableData,

    /// <summary>The base model's architecture, or a part of it, cannot be trained.</summary>
    UnsupportedBase,

    /// <summary>There is not enough memory.</summary>
    OutOfMemory,

    /// <summary>The loss is no number any more. The last good checkpoint is kept.</summary>
    Diverged,

    /// <summary>A checkpoint is damaged, cut short, or of another run.</summary>
    DamagedCheckpoint,

    /// <summary>A file could not be written; what stood there before is untouched.</summary>
    NotWritten,

    /// <summary>Another process is training into the same output.</summary>
    OutputInUse,
}
