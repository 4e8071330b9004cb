using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    internal static unsafe partial class Llama
    {
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial LlamaContextParams llama_context_default_params();

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint llama_init_from_model(LlamaModelHandle model, LlamaContextParams parameters);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_free(nint context);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial uint llama_n_ctx(LlamaContextHandle context);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_set_n_threads(LlamaContextHandle context, int threads, int batchThreads);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_set_causal_attn(LlamaContextHandle context, [MarshalAs(UnmanagedType.U1)] bool causal);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_decode(LlamaContextHandle context, LlamaBatch batch);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_encode(LlamaContextHandle context, LlamaBatch batch);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial float* llama_get_logits_ith(LlamaContextHandle context, int i);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial float* llama_get_embeddings_seq(LlamaContextHandle context, int sequence);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint llama_get_memory(LlamaContextHandle context);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_memory_clear(nint memory, [MarshalAs(UnmanagedType.U1)] bool data);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        [return: MarshalAs(UnmanagedType.U1)]
        internal static partial bool llama_memory_seq_rm(nint memory, int sequence, int from, int to);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_memory_seq_cp(nint memory, int source, int destination, int from, int to);

    }
}
