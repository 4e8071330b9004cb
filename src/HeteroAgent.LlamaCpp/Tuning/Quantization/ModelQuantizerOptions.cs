namespace HeteroAgent.LlamaCpp;

/// <summary>How a model is quantised.</summary>
public sealed class ModelQuantizerOptions
{
    /// <summary>Gets or sets the threads that compute.</summary>
    /// <value>1 or more; default <see langword="null"/>: the cores of this process, which are also the most that are used.</value>
    public int? Threads { get; set; }

    /// <summary>Gets or sets whether weights that are quantised already may be quantised again, which loses more than quantising the original.</summary>
    /// <value>Default <see langword="false"/>: such a source is refused.</value>
    public bool AllowRequantize { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">The number of threads is below 1.</exception>
    internal int ValidThreads() => Threads is < 1
        ? throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "At least one thread is needed.")
        : Math.Min(Threads ?? Environment.ProcessorCount, Environment.ProcessorCount);
}
