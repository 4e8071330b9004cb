namespace HeteroAgent.LlamaCpp;

/// <summary>How an extractive model runs. Read once when the model is made; later changes have no effect.</summary>
public sealed class ExtractiveModelOptions
{
    /// <summary>Gets or sets the name under which the model appears in responses, metadata, traces and a ledger.</summary>
    /// <value>Default <see langword="null"/>: the name of the file's model, several joined by <c>+</c>. Not empty or white space.</value>
    public string? ModelId { get; set; }

    /// <summary>Gets or sets the most threads that label requests, each with a native context of its own. One request is always labelled by one thread; requests that come together are shared out.</summary>
    /// <value>Default <see langword="null"/>: the cores of this process, at most 8. Never more than the cores are used. At least 1.</value>
    public int? Threads { get; set; }

    internal int ValidThreads()
    {
        LlamaModelOptions.RequireModelId(ModelId);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
        return Math.Min(Threads ?? 8, Environment.ProcessorCount);
    }
}
