using Microsoft.Extensions.Logging;

namespace HeteroAgent.LlamaCpp;

/// <summary>How a model is placed and how much it may use. Read once when the model is loaded; later changes have no effect.</summary>
public sealed class LlamaModelOptions
{
    /// <summary>Gets or sets the name under which the model appears: in responses, in the metadata of its clients and generators, in traces and in a ledger.</summary>
    /// <value>Default <see langword="null"/>: <c>general.name</c> of the file, else the file's name. Not empty or white space.</value>
    public string? ModelId { get; set; }

    /// <summary>Gets or sets the number of tokens that the KV cache holds, shared by all requests that run at once; also the longest prompt and answer together.</summary>
    /// <value>Default <see langword="null"/>: the length that the model was trained with, at most 8,192. At least 32.</value>
    public int? ContextLength { get; set; }

    /// <summary>Gets or sets how many requests are decoded at once; more wait their turn.</summary>
    /// <value>Default 16; between 1 and 64.</value>
    public int MaxConcurrentRequests { get; set; } = 16;

    /// <summary>Gets or sets the most tokens that one step decodes: a longer prompt is processed in chunks, between which other requests go on.</summary>
    /// <value>Default 512; between 32 and 8,192.</value>
    public int BatchSize { get; set; } = 512;

    /// <summary>Gets or sets the most prompt tokens that one step takes while other requests generate: a long prompt then slows them down, and does not stall them.</summary>
    /// <value>Default <see langword="null"/>: as many, by the times measured so far, as make such a step last four times as long as one without, and at least 8. Otherwise between 1 and 8,192.</value>
    public int? PrefillChunk { get; set; }

    /// <summary>Gets or sets how many requests may wait beyond those that are decoded at once; one more is refused with <see cref="ModelBusyException"/>. Requests of <see cref="RequestPriority.Background"/> may take half of these places.</summary>
    /// <value>Default 1,024; between 0 and 1,000,000.</value>
    public int MaxWaitingRequests { get; set; } = 1024;

    /// <summary>Gets or sets how long a request may wait for its start before it ends with <see cref="ModelBusyException"/>.</summary>
    /// <value>Default <see langword="null"/>: as long as it takes. Otherwise above zero.</value>
    public TimeSpan? MaxQueueTime { get; set; }

    /// <summary>Gets or sets the threads that decode one token.</summary>
    /// <value>Default <see langword="null"/>: one for models of less than a billion parameters, otherwise one a core. Never more than the cores of this process are used: threads beyond them make llama.cpp collapse.</value>
    public int? Threads { get; set; }

    /// <summary>Gets or sets the threads that process prompts and batches.</summary>
    /// <value>Default <see langword="null"/>: one a core. Never more than the cores of this process are used, and fewer while the machine is busy with other work.</value>
    public int? BatchThreads { get; set; }

    /// <summary>Gets or sets how many layers are placed on a GPU.</summary>
    /// <value>Default -1: all of them, where there is a GPU. 0 keeps the model on the CPU.</value>
    public int GpuLayers { get; set; } = -1;

    /// <summary>Gets or sets whether the file is mapped into memory instead of read.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool UseMemoryMapping { get; set; } = true;

    /// <summary>Gets or sets the chat template: the name of one that llama.cpp knows, such as <c>chatml</c> or <c>llama3</c>, or a template's text.</summary>
    /// <value>Default <see langword="null"/>: the one in the file.</value>
    public string? ChatTemplate { get; set; }

    /// <summary>Gets or sets a folder in which prompt prefixes are kept, so that a later process restores them instead of decoding them: those that several requests have in common (at least 64 tokens), and those asked for with <see cref="LlamaModel.CachePromptPrefixAsync"/>.</summary>
    /// <remarks>It is created where it is missing, and may be shared by models and processes. The files hold the prompts' tokens: guard the folder as you guard the prompts. Models with recurrent layers save nothing.</remarks>
    /// <value>Default <see langword="null"/>: nothing is saved.</value>
    public string? PrefixCacheDirectory { get; set; }

    /// <summary>Gets or sets the most bytes that <see cref="PrefixCacheDirectory"/> may hold; beyond, the files that were used longest ago are deleted.</summary>
    /// <value>Default 256 MiB; at least 1 MiB.</value>
    public long PrefixCacheMaxBytes { get; set; } = 256 << 20;

    /// <summary>Gets or sets what makes the loggers of this model (category <c>HeteroAgent.LlamaCpp.LlamaModel</c>) and of the native library (<see cref="LlamaRuntimeOptions.NativeCategory"/>). Prompts and answers are never logged.</summary>
    /// <value>Default <see langword="null"/>: nothing is logged.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    internal LlamaModelOptions Validate()
    {
        RequireModelId(ModelId);
        if (ContextLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 32, nameof(ContextLength));
        }

        Range(MaxConcurrentRequests, 1, 64, nameof(MaxConcurrentRequests));
        Range(BatchSize, 32, 8192, nameof(BatchSize));
        Range(PrefillChunk ?? 1, 1, 8192, nameof(PrefillChunk));
        Range(MaxWaitingRequests, 0, 1_000_000, nameof(MaxWaitingRequests));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxQueueTime ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(MaxQueueTime));
        Range(Threads ?? 1, 1, 1024, nameof(Threads));
        Range(BatchThreads ?? 1, 1, 1024, nameof(BatchThreads));
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefixCacheMaxBytes, 1 << 20, nameof(PrefixCacheMaxBytes));
        if (PrefixCacheDirectory is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(PrefixCacheDirectory, nameof(PrefixCacheDirectory));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(GpuLayers, -1, nameof(GpuLayers));
        return (LlamaModelOptions)MemberwiseClone();
    }

    internal static void RequireModelId(string? modelId)
    {
        if (modelId is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(modelId, nameof(ModelId));
        }
    }

    private static void Range(int value, int minimum, int maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {minimum} and {maximum}.");
        }
    }
}
