using System.Text;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>A GGUF model in this process. It serves any number of chat clients and embedding generators at once.</summary>
/// <remarks>
/// <para>Safe for any number of threads. Disposing it ends the requests that are running with <see cref="ObjectDisposedException"/> and frees the native memory; clients made from it do not own it.</para>
/// </remarks>
public sealed partial class LlamaModel : IDisposable, IAsyncDisposable
{
    private readonly Lazy<TokenVocabulary> _tokenVocabulary;
    private readonly Lazy<CanonicalTokenizer> _canonicalTokenizer;

    private readonly ModelReference _reference;
    private readonly GgufFile? _file;

    private LlamaModel(string? path, GgufFile? file, SafeLlamaModelHandle handle, bool ownsHandle, LlamaModelOptions options)
    {
        Path = path;
        _file = file;
        Handle = handle;
        _reference = new ModelReference(handle, ownsHandle);
        Options = options;
        Architecture = file?.Architecture ?? Metadata("general.architecture") ?? "unknown";
        Name = options.ModelId ?? file?.Name ?? Metadata("general.name") ?? System.IO.Path.GetFileNameWithoutExtension(path) ?? Architecture;
        ChatTemplate = options.ChatTemplate ?? (file is null ? Metadata("tokenizer.chat_template") : file.ChatTemplate);
        Vocabulary = new Vocabulary(handle, Origin);
        _tokenVocabulary = new Lazy<TokenVocabulary>(() => new TokenVocabulary(Vocabulary.Pieces, Vocabulary.EndOfGeneration));
        _canonicalTokenizer = new Lazy<CanonicalTokenizer>(() => new CanonicalTokenizer(TokenVocabulary, Vocabulary.Tokenize));
        TrainedContextLength = handle.ContextSize;
        ContextLength = options.ContextLength ?? Math.Min(TrainedContextLength, 8192);
        EmbeddingLength = handle.EmbeddingSize;
        ParameterCount = (long)handle.ParameterCount;
        SizeInBytes = (long)handle.SizeInBytes;
        int cores = Environment.ProcessorCount;
        const long Billion = 1_000_000_000;
        Threads = Math.Min(options.Threads ?? (ParameterCount < Billion ? 1 : cores), cores);
        BatchThreads = Math.Min(options.BatchThreads ?? cores, cores);
    }

    /// <summary>Gets the file that the model was loaded from, of several shards the first; <see langword="null"/> for weights whose file was not named to <see cref="From"/>.</summary>
    public string? Path { get; }

    /// <summary>Gets what the file says of the model.</summary>
    /// <exception cref="LlamaModelException">The file is not known: its path was not passed to <see cref="From"/>.</exception>
    public GgufFile File => _file ?? throw new LlamaModelException(Name, $"the file of these weights is not known, and this needs it: pass its path to {nameof(LlamaModel)}.{nameof(From)}.");

    /// <summary>Gets the model's name, which its clients report as the model id: <see cref="LlamaModelOptions.ModelId"/>, else <c>general.name</c> of the file, else the file's name.</summary>
    public string Name { get; }

    /// <summary>Gets the architecture, for example <c>llama</c> or <c>bert</c>.</summary>
    public string Architecture { get; }

    /// <summary>Gets the text of the chat template in use: that of the options, else that of the file; <see langword="null"/> where there is none.</summary>
    public string? ChatTemplate { get; }

    /// <summary>Gets the number of tokens that the KV cache holds, prompt and answer together, shared by the requests that run at once.</summary>
    public int ContextLength { get; }

    /// <summary>Gets the context length that the model was trained with, in tokens.</summary>
    public int TrainedContextLength { get; }

    /// <summary>Gets the size of the model's hidden states and embeddings.</summary>
    public int EmbeddingLength { get; }

    /// <summary>Gets the number of tokens in the vocabulary.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>Gets the number of parameters.</summary>
    public long ParameterCount { get; }

    /// <summary>Gets the size of the weights in bytes.</summary>
    public long SizeInBytes { get; }

    /// <summary>Gets the threads that decode one token, at most the cores of this process.</summary>
    public int Threads { get; }

    /// <summary>Gets the threads that process prompts and batches, at most the cores of this process.</summary>
    public int BatchThreads { get; }

    /// <summary>Gets the backend that the model runs on, for example <c>CPU</c> or <c>CUDA0</c>.</summary>
    public string Backend => Options.GpuLayers == 0 ? "CPU" : LlamaRuntime.Current!.DefaultBackend;

    /// <summary>The model's name in exceptions: its file, or its name where the file is not known.</summary>
    internal string Origin => Path ?? Name;

    internal SafeLlamaModelHandle Handle { get; }

    internal LlamaModelOptions Options { get; }

    internal Vocabulary Vocabulary { get; }

    /// <summary>The vocabulary as constrained decoding needs it, built at first use.</summary>
    internal TokenVocabulary TokenVocabulary => _tokenVocabulary.Value;

    /// <summary>A value of the model's metadata as text, or null; arrays have none.</summary>
    /// <remarks>LLamaSharp passes the key on without an end.</remarks>
    internal string? Metadata(string key) => Handle.MetadataValueByKey(key + '\0') is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    /// <summary>The model's tokenizer as forced and drafted tokens need it.</summary>
    internal CanonicalTokenizer CanonicalTokenizer => _canonicalTokenizer.Value;

    /// <summary>Loads a model from a GGUF file.</summary>
    /// <param name="path">The file, or any shard of a model in several (<c>name-00001-of-0000N.gguf</c>), beside which the others lie.</param>
    /// <param name="options">How to place it; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the share that is loaded, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufException">The file is damaged, truncated, of an unknown architecture or holds only a vocabulary, or a shard is missing or of another model.</exception>
    /// <exception cref="LlamaModelException">The native library refused the model, or <see cref="ContextLength"/> tokens need more memory than there is.</exception>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded.</exception>
    /// <exception cref="IOException"><see cref="LlamaModelOptions.PrefixCacheDirectory"/> could not be created.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<LlamaModel> LoadAsync(string path, LlamaModelOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        LlamaModelOptions validated = (options ?? new LlamaModelOptions()).Validate();
        return Task.Run(() => Load(System.IO.Path.GetFullPath(path), validated, progress, cancellationToken), cancellationToken);
    }

    private static LlamaModel Load(string path, LlamaModelOptions options, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        GgufFile file = GgufFile.ReadModel(path);
        file.RequireRunnable();
        LlamaRuntime.Load(new LlamaRuntimeOptions { LoggerFactory = options.LoggerFactory });
        CreatePrefixFolder(options);
        SafeLlamaModelHandle handle = NativeModel.Load(file.Path!, options, progress, cancellationToken);
        try
        {
            // Also where the last report of progress cancelled: the loaded model must not be lost.
            cancellationToken.ThrowIfCancellationRequested();
            LlamaModel model = new(file.Path, file, handle, ownsHandle: true, options);
            model.RequireContextFits();
            model.LogLoaded();
            return model;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void CreatePrefixFolder(LlamaModelOptions options)
    {
        if (options.PrefixCacheDirectory is { } folder)
        {
            options.PrefixCacheDirectory = Directory.CreateDirectory(folder).FullName;
        }
    }
}
