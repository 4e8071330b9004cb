using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary>llama.h: LoRA adapters.</summary>
    internal static unsafe partial class Llama
    {
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint llama_adapter_lora_init(LlamaModelHandle model, byte* path);

        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void llama_adapter_lora_free(nint adapter);

        /// <summary>Replaces the adapters of a context: all its later decodes use these, each times its scale.</summary>
        [LibraryImport(Libraries.Llama)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int llama_set_adapters_lora(LlamaContextHandle context, nint* adapters, nuint count, float* scales);
    }
}
