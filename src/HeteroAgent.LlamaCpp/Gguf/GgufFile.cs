namespace HeteroAgent.LlamaCpp;

/// <summary>
/// What a GGUF file says of itself: header, metadata and tensor descriptions, checked against each other and against the file's length.
/// The tensors' numbers are never read. Immutable and thread-safe.
/// A model that is stored in several files is read as one with <see cref="ReadModel"/>.
/// </summary>
public sealed class GgufFile
{
    private readonly Dictionary<GgufTensor, GgufFile> _owners = [];

    /// <summary>Joins the shards of one model, which have been checked against each other.</summary>
    internal GgufFile(IReadOnlyList<GgufFile> shards)
        : this(shards[0].Path, shards[0].Version, shards.Sum(s => s.SizeInBytes), shards[0].Alignment, shards[0].DataOffset, shards[0].Metadata, [.. shards.SelectMany(s => s.Tensors)])
    {
        Shards = shards;
        foreach (GgufFile shard in shards)
        {
            foreach (GgufTensor tensor in shard.Tensors)
            {
                _owners.Add(tensor, shard);
            }
        }
    }

    internal GgufFile(string? path, int version, long sizeInBytes, int alignment, long dataOffset, GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors)
    {
        Path = path;
        Version = version;
        SizeInBytes = sizeInBytes;
        Alignment = alignment;
        DataOffset = dataOffset;
        Metadata = metadata;
        Tensors = tensors;
        ParameterCount = tensors.Sum(t => t.ElementCount);
        Architecture = Text("general.architecture");
        HeadCount = Hyperparameter("attention.head_count");
    }

    /// <summary>Gets the file, or null where it was read from a stream; of several shards the first.</summary>
    public string? Path { get; }

    /// <summary>Gets the files of a model that is stored in several, in their order; empty for a single file. Each has its own offsets.</summary>
    public IReadOnlyList<GgufFile> Shards { get; } = [];

    /// <summary>Gets the version of the format: 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Gets the length of the file in bytes, of all shards together.</summary>
    public long SizeInBytes { get; }

    /// <summary>Gets the alignment of the tensor data in bytes: a power of two, 32 unless the file says otherwise.</summary>
    public int Alignment { get; }

    /// <summary>Gets where the tensor data starts, in bytes from the start of the file.</summary>
    public long DataOffset { get; }

    /// <summary>Gets the key-value pairs.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>Gets the tensors' descriptions, in the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Gets the architecture, such as <c>llama</c> or <c>bert</c>, or null where the file names none.</summary>
    public string? Architecture { get; }

    /// <summary>Gets the model's name, or null.</summary>
    public string? Name => Text("general.name");

    /// <summary>Gets what the file is: <c>model</c>, <c>adapter</c>, <c>mmproj</c> and the like; <c>model</c> where the file does not say.</summary>
    public string Type => Text("general.type") ?? "model";

    /// <summary>Gets the quantisation, such as <c>Q4_K_M</c>: what the file states, else the type that holds most of its bytes; null without tensors.</summary>
    public string? Quantization => GgufQuantization.Describe(this);

    /// <summary>Gets how many numbers all tensors hold together.</summary>
    public long ParameterCount { get; }

    /// <summary>Gets the context that the model was trained for, in tokens, or null.</summary>
    public int? ContextLength => Hyperparameter("context_length");

    /// <summary>Gets the width of the embeddings, or null.</summary>
    public int? EmbeddingLength => Hyperparameter("embedding_length");

    /// <summary>Gets the number of transformer blocks, or null.</summary>
    public int? BlockCount => Hyperparameter("block_count");

    /// <summary>Gets the number of attention heads (of the block with most, where blocks differ), or null.</summary>
    public int? HeadCount { get; }

    /// <summary>Gets the number of key-value heads (of the block with most, where blocks differ); <see cref="HeadCount"/> where the file does not say.</summary>
    public int? HeadCountKv => Hyperparameter("attention.head_count_kv") ?? HeadCount;

    /// <summary>Gets the number of tokens in the vocabulary, or null where the file has none.</summary>
    public int? VocabularySize => Metadata.TryGetArrayLength("tokenizer.ggml.tokens", out _, out int length) ? length : null;

    /// <summary>Gets the kind of tokenizer: <c>llama</c> (SentencePiece), <c>gpt2</c> (byte-level BPE), <c>bert</c> (WordPiece) and the like, or null.</summary>
    public string? TokenizerModel => Text("tokenizer.ggml.model");

    /// <summary>Gets the name of the pre-tokenizer, or null.</summary>
    public string? TokenizerPre => Text("tokenizer.ggml.pre");

    /// <summary>Gets the chat template, as the file has it (Jinja), or null.</summary>
    public string? ChatTemplate => Text("tokenizer.chat_template");

    /// <summary>Gets whether the file has tensors.</summary>
    public bool HasTensors => Tensors.Count > 0;

    /// <summary>Gets whether the file is a vocabulary without weights.</summary>
    public bool IsVocabularyOnly => !HasTensors && VocabularySize > 0;

    /// <summary>Gets whether the file is an adapter (LoRA) for another model.</summary>
    public bool IsAdapter => Type == "adapter";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="GgufException">The file is not a sound GGUF file.</exception>
    public static GgufFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new GgufException(GgufError.NotGguf, "this is a folder; name the GGUF file itself.", full);
        }

        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"There is no file '{full}'.", full);
        }

        try
        {
            using FileStream stream = new(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return stream.CanSeek
                ? GgufFileReader.Read(stream, full)
                : throw new GgufException(GgufError.NotGguf, "this is a pipe or a device; a model is read from a regular file.", full);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{full}' may not be read by this process: {e.Message}", e);
        }
    }

    /// <summary>Reads a model: a file, or all shards (<c>name-00001-of-0000N.gguf</c>) where it is one of several, which lie beside it.</summary>
    /// <param name="path">The file, or any one of the shards.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="GgufException">A file is not sound, or a shard is missing, twice there, or of another model.</exception>
    public static GgufFile ReadModel(string path) => GgufShards.Read(path);

    /// <summary>Reads a file from a stream, from its position to its end. The stream is left open.</summary>
    /// <param name="stream">A stream that can be read and knows its length.</param>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read or does not know its length.</exception>
    /// <exception cref="GgufException">The stream holds no sound GGUF file.</exception>
    public static GgufFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanRead && stream.CanSeek
            ? GgufFileReader.Read(stream, null)
            : throw new ArgumentException("The stream must be readable and seekable: a GGUF file's counts are checked against its length.", nameof(stream));
    }

    /// <summary>
    /// Checks that libllama can run the file as a model: an architecture that it knows, with the hyperparameters, vocabulary and
    /// tensors that the architecture needs, none of which would make native code end the process.
    /// </summary>
    /// <exception cref="GgufException">The file is no whole model, or its parts contradict each other.</exception>
    public void RequireRunnable() => RunnableCheck.Run(this);

    /// <summary>
    /// Checks that the file is a whole LoRA adapter: its kind, its alpha, and that its tensors come in pairs of one rank. Whether it
    /// fits a model is checked by <see cref="LlamaModel.LoadAdapterAsync"/>.
    /// </summary>
    /// <exception cref="GgufException">The file is no LoRA adapter, or its parts contradict each other.</exception>
    public void RequireAdapter() => AdapterCheck.Run(this);

    /// <summary>The files that hold the tensors: this one, or the shards.</summary>
    internal IReadOnlyList<GgufFile> Parts => Shards.Count == 0 ? [this] : Shards;

    /// <summary>The file that holds a tensor.</summary>
    internal GgufFile PartOf(GgufTensor tensor) => _owners.GetValueOrDefault(tensor, this);

    /// <inheritdoc/>
    public override string ToString() => $"{Architecture ?? "no architecture"} {Name} {Quantization} ({ParameterCount:N0} parameters, {SizeInBytes:N0} bytes)";

    private string? Text(string key) => Metadata.TryGetString(key, out string? text) ? text : null;

    private int? Hyperparameter(string name)
    {
        string key = $"{Architecture}.{name}";
        long found = Metadata.TryGetInt64(key, out long number) ? number
            : Metadata.TryGetIntegers(key, out IReadOnlyList<long>? each) && each.Count > 0 ? each.Max()
            : -1;
        return found is >= 0 and <= int.MaxValue ? (int)found : null;
    }
}
