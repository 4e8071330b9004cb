using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>
/// The functions of llama.h that LLamaSharp keeps to itself, or that this engine must call otherwise: LLamaSharp gives a path to
/// the native side in the code page of Windows instead of UTF-8, takes one lock for all decoding in the process, and hands out
/// no bytes of the vocabulary. They are bound to the libraries that LLamaSharp loaded.
/// </summary>
internal static unsafe partial class LlamaFunctions
{
    internal const string Library = "llama";

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial NativeModelParams llama_model_default_params();

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint llama_model_load_from_file(byte* path, NativeModelParams parameters);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint llama_model_get_vocab(SafeLlamaModelHandle model);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_model_n_embd_out(SafeLlamaModelHandle model);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_model_is_hybrid(SafeLlamaModelHandle model);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial uint llama_model_quantize(byte* source, byte* target, LLamaModelQuantizeParams* parameters);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint llama_adapter_lora_init(SafeLlamaModelHandle model, byte* path);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void llama_adapter_lora_free(nint adapter);

    /// <summary>Replaces the adapters of a context: all its later decodes use these, each times its scale.</summary>
    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_set_adapters_lora(SafeLLamaContextHandle context, nint* adapters, nuint count, float* scales);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_decode(SafeLLamaContextHandle context, LLamaNativeBatch batch);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_encode(SafeLLamaContextHandle context, LLamaNativeBatch batch);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial float* llama_get_logits_ith(SafeLLamaContextHandle context, int i);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial float* llama_get_embeddings_seq(SafeLLamaContextHandle context, int sequence);

    /// <summary>The memory of a context, 0 for a model that has none; <see cref="NativeApi"/> takes it.</summary>
    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nint llama_get_memory(SafeLLamaContextHandle context);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_vocab_get_attr(nint vocab, int token);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_vocab_is_eog(nint vocab, int token);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* llama_vocab_get_text(nint vocab, int token);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int llama_tokenize(nint vocab, byte* text, int length, int* tokens, int maximum, [MarshalAs(UnmanagedType.U1)] bool addSpecial, [MarshalAs(UnmanagedType.U1)] bool parseSpecial);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void llama_log_get(delegate* unmanaged[Cdecl]<int, byte*, nint, void>* callback, nint* userData);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint userData);
}
