using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary>ggml.h and ggml-backend.h: logging, backends and devices.</summary>
    internal static unsafe partial class Ggml
    {
        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void ggml_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint userData);

        [LibraryImport(Libraries.Ggml)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void ggml_backend_load_all_from_path(byte* directory);

        [LibraryImport(Libraries.Ggml)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nuint ggml_backend_dev_count();

        [LibraryImport(Libraries.Ggml)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nint ggml_backend_dev_get(nuint index);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial byte* ggml_backend_dev_name(nint device);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial byte* ggml_backend_dev_description(nint device);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial int ggml_backend_dev_type(nint device);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial void ggml_backend_dev_memory(nint device, nuint* free, nuint* total);
    }
}
