using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal static partial class Interop
{
    /// <summary><c>ggml_type_traits</c>, 56 bytes on 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct GgmlTypeTraits
    {
        internal byte* TypeName;
        internal long BlckSize;
        internal long BlckSizeInterleave;
        internal nuint TypeSize;
        internal byte IsQuantized;
        internal delegate* unmanaged[Cdecl]<void*, float*, long, void> ToFloat;
        internal nint FromFloatRef;
    }

    /// <summary>ggml.h: tensor types and quantisation.</summary>
    internal static unsafe partial class Ggml
    {
        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial GgmlTypeTraits* ggml_get_type_traits(int type);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial byte* ggml_type_name(int type);

        [LibraryImport(Libraries.GgmlBase)]
        [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
        internal static partial nuint ggml_quantize_chunk(int type, float* source, void* target, long start, long rows, long rowLength, float* importance);
    }
}
