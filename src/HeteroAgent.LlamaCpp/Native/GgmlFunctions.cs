using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The functions of ggml.h and ggml-backend.h that LLamaSharp does not expose, bound to the libraries that it loaded.</summary>
internal static unsafe partial class GgmlFunctions
{
    internal const string Base = "ggml-base";
    internal const string Library = "ggml";

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_version();

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_commit();

    /// <summary>Loads the backends of a build that keeps them in files of their own.</summary>
    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_backend_load_all_from_path(byte* directory);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_backend_dev_description(nint device);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ggml_backend_dev_type(nint device);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ggml_backend_dev_memory(nint device, nuint* free, nuint* total);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial NativeTypeTraits* ggml_get_type_traits(int type);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* ggml_type_name(int type);

    [LibraryImport(Base)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial nuint ggml_quantize_chunk(int type, float* source, void* target, long start, long rows, long rowLength, float* importance);
}
