using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary><c>ggml_type_traits</c>, 56 bytes on 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTypeTraits
{
    internal byte* TypeName;
    internal long BlckSize;
    internal long BlckSizeInterleave;
    internal nuint TypeSize;
    internal byte IsQuantized;
    internal delegate* unmanaged[Cdecl]<void*, float*, long, void> ToFloat;
    internal nint FromFloatRef;
}
