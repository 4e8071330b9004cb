namespace HeteroAgent.LlamaCpp;

/// <summary>Refuses what libllama cannot run, before libllama sees it: some of its own checks end the process instead of reporting an error.</summary>
internal static class RunnableCheck
{
    // What ggml demands of the address of a buffer that lies in a mapped file.
    private const int BufferAlignment = 32;

    public static void Run(GgufFile file)
    {
        RequireWholeModel(file);
        RequireArchitecture(file);
        ArrayCheck.Run(file);
        HyperparameterCheck.Run(file);
        VocabularyCheck.Run(file);
        TensorCheck.Run(file);
    }

    public static GgufException Error(GgufFile file, GgufError error, string message) => new(error, message + ".", file.Path);

    public static GgufException Incoherent(GgufFile file, string message) => Error(file, GgufError.Incoherent, message);

    private static void RequireWholeModel(GgufFile file)
    {
        if (file.Metadata.TryGetType("general.type", out GgufValueType type) && type != GgufValueType.String)
        {
            throw Incoherent(file, $"'general.type' must be a String and is a {type}");
        }

        if (file.IsAdapter)
        {
            throw Error(file, GgufError.NotAModel, $"this is an adapter for a model of architecture '{file.Architecture}': load the base model and put the adapter on it");
        }

        if (file.Type != "model" || file.Architecture == "clip")
        {
            throw Error(file, GgufError.NotAModel, $"this file is of type '{file.Type}' and architecture '{file.Architecture}', and no model that can answer by itself");
        }

        if (file.Shards.Count == 0 && file.Metadata.TryGetUInt64(GgufShards.CountKey, out ulong parts) && parts > 1)
        {
            throw Error(file, GgufError.NotAModel, $"this is one of {parts} shards of a model: read it with GgufFile.ReadModel or LlamaModel.LoadAsync, which find the others, or merge them with llama-gguf-split --merge first");
        }

        if (!file.HasTensors)
        {
            throw Error(file, GgufError.NotAModel, file.IsVocabularyOnly ? $"this is a vocabulary of {file.VocabularySize:N0} tokens without weights; it cannot answer" : "this file has metadata and no tensors; it cannot answer");
        }

        if (file.Parts.FirstOrDefault(static p => p.Alignment % BufferAlignment != 0) is { } unaligned)
        {
            throw Incoherent(unaligned, $"the tensor data is aligned to {unaligned.Alignment} bytes; llama.cpp needs a multiple of {BufferAlignment}");
        }
    }

    private static void RequireArchitecture(GgufFile file)
    {
        if (file.Architecture is not { } name)
        {
            throw Incoherent(file, file.Metadata.TryGetType("general.architecture", out GgufValueType type) ? $"'general.architecture' must be a String and is a {type}" : "'general.architecture' is missing");
        }

        if (!KnownArchitectures.Names.Contains(name))
        {
            throw Error(file, GgufError.UnsupportedArchitecture, $"the llama.cpp of LLamaSharp {NativeLayout.LLamaSharpVersion} does not know the architecture '{name}'{(KnownArchitectures.Nearest(name) is { } near ? $" (it knows '{near}')" : "")}; it knows {KnownArchitectures.Names.Count} others, such as llama, qwen3, gemma3, phi3 and bert");
        }
    }
}
