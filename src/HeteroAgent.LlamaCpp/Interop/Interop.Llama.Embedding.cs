using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    internal static unsafe partial class Llama
    {
        internal const int VocabTypeWordPiece = 3;
        internal const int PoolingTypeMean = 1;
        internal const int FlashAttentionDisabled = 0;

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_vocab_sep(nint vocab);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        [return: MarshalAs(UnmanagedType.U1)]
        internal static partial bool llama_vocab_get_add_eos(nint vocab);
    }
}
