using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary>llama.h: start-up, models and their properties, chat templates.</summary>
    internal static unsafe partial class Llama
    {
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_backend_init();

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint userData);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial LlamaModelParams llama_model_default_params();

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint llama_model_load_from_file(byte* path, LlamaModelParams parameters);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_model_free(nint model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint llama_model_get_vocab(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_model_n_ctx_train(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_model_n_embd(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_model_n_embd_out(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial ulong llama_model_size(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial ulong llama_model_n_params(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        [return: MarshalAs(UnmanagedType.U1)]
        internal static partial bool llama_model_is_recurrent(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        [return: MarshalAs(UnmanagedType.U1)]
        internal static partial bool llama_model_is_hybrid(LlamaModelHandle model);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial LlamaModelQuantizeParams llama_model_quantize_default_params();

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial uint llama_model_quantize(byte* source, byte* target, LlamaModelQuantizeParams* parameters);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_chat_apply_template(byte* template, LlamaChatMessage* chat, nuint messageCount, [MarshalAs(UnmanagedType.U1)] bool addAssistant, byte* buffer, int length);
    }
}
