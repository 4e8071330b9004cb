using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary><see cref="LLamaModelParams"/> as it lies in memory: LLamaSharp's own structure holds a delegate and cannot be passed as it is.</summary>
/// <remarks>It is longer than the structure; a function that takes the structure by value reads its beginning.</remarks>
[InlineArray(Length)]
internal struct NativeModelParams
{
    private const int Length = 128;

    private byte _first;

    /// <summary>Sets a field, by LLamaSharp's name and place for it.</summary>
    internal void Set<T>(string field, T value)
        where T : unmanaged
    {
        Span<byte> bytes = this;
        MemoryMarshal.Write(bytes[NativeLayout.OffsetOf<LLamaModelParams>(field)..], value);
    }
}
