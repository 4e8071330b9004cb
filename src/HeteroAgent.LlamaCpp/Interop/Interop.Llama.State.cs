using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary>llama.h: the state of one sequence as bytes.</summary>
    internal static unsafe partial class Llama
    {
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nuint llama_state_seq_get_size(LlamaContextHandle context, int sequence);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nuint llama_state_seq_get_data(LlamaContextHandle context, byte* destination, nuint size, int sequence);

        /// <summary>Replaces a sequence; 0 where the cells do not suffice or the bytes do not fit this context. Garbage may end the process: it must be checked before.</summary>
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nuint llama_state_seq_set_data(LlamaContextHandle context, byte* source, nuint size, int sequence);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_memory_seq_pos_min(nint memory, int sequence);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_memory_seq_pos_max(nint memory, int sequence);
    }
}
