using System.Runtime.Intrinsics.X86;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Which of the CPU builds of a backend package this processor runs, asked of the processor itself.</summary>
/// <remarks>
/// LLamaSharp asks the compiler (<c>Avx2.IsSupported</c>), which under Native AOT answers for the machines that the program was
/// compiled for. CPUID answers for this one. Whether the operating system keeps the wide registers shows in the size of the
/// state that it saves (leaf 0x0D): Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 13.
/// </remarks>
internal static class CpuLevel
{
    private const int StateLeaf = 0x0D;
    private const int AvxState = 2;
    private const int Avx512State = 7;

    /// <summary>The best level of this processor; <see cref="AvxLevel.None"/> where it is no x86.</summary>
    internal static AvxLevel Best { get; } = X86Base.IsSupported ? Detect() : AvxLevel.None;

    /// <summary>The level that LLamaSharp takes for the best unless the application says otherwise.</summary>
    internal static AvxLevel LLamaSharpDefault =>
        IsAvx512ForCompiler() ? AvxLevel.Avx512 : Avx2.IsSupported ? AvxLevel.Avx2 : Avx.IsSupported ? AvxLevel.Avx : AvxLevel.None;

    /// <summary>The folder of a level in a backend package.</summary>
    internal static string Folder(AvxLevel level) => level switch
    {
        AvxLevel.Avx512 => "avx512",
        AvxLevel.Avx2 => "avx2",
        AvxLevel.Avx => "avx",
        _ => "noavx",
    };

    private static AvxLevel Detect()
    {
        int last = X86Base.CpuId(0, 0).Eax;
        int features = X86Base.CpuId(1, 0).Ecx;
        const int Xsave = 1 << 27;
        const int Avx = 1 << 28;
        if (last < StateLeaf || !Has(features, Xsave | Avx) || !IsSaved(AvxState))
        {
            return AvxLevel.None;
        }

        (int _, int ebx, int ecx, int _) = X86Base.CpuId(7, 0);
        const int Fma = 1 << 12;
        const int F16c = 1 << 29;
        const int Bmi2 = 1 << 8;
        const int Avx2 = 1 << 5;
        if (!Has(features, Fma | F16c) || !Has(ebx, Avx2 | Bmi2))
        {
            return AvxLevel.Avx;
        }

        const int Foundation = 1 << 16;
        const int DoubleQuad = 1 << 17;
        const int ConflictDetection = 1 << 28;
        const int ByteWord = 1 << 30;
        const int VectorLength = 1 << 31;
        const int Vbmi = 1 << 1;
        const int Vnni = 1 << 11;
        bool wide = IsSaved(Avx512State) && Has(ebx, Foundation | DoubleQuad | ConflictDetection | ByteWord | VectorLength) && Has(ecx, Vbmi | Vnni);
        return wide ? AvxLevel.Avx512 : AvxLevel.Avx2;
    }

    // Whether the state that the operating system saves reaches to the end of a part of it.
    private static bool IsSaved(int part)
    {
        (int size, int offset, int _, int _) = X86Base.CpuId(StateLeaf, part);
        return size > 0 && X86Base.CpuId(StateLeaf, 0).Ebx >= offset + size;
    }

    private static bool Has(int register, int bits) => (register & bits) == bits;

    private static bool IsAvx512ForCompiler() =>
        X86Base.IsSupported && Avx512F.IsSupported && Avx512BW.IsSupported && Avx512Vbmi.IsSupported && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
