using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>ggml's own conversion between its tensor types and 32-bit floats. Thread-safe.</summary>
/// <remarks>The table's layout is proved at first use: each type's name, block length and block size must be the known ones, and two conversions must be the functions that the library exports.</remarks>
internal static unsafe class GgmlTypeTraits
{
    private static readonly Lazy<bool> Verified = new(Verify);

    /// <summary>The conversion of a type to floats, or null where ggml has none.</summary>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded, or is not the one that this package was built for.</exception>
    internal static delegate* unmanaged[Cdecl]<void*, float*, long, void> ToFloat(GgmlType type)
    {
        _ = Verified.Value;
        return GgmlFunctions.ggml_get_type_traits((int)type)->ToFloat;
    }

    /// <summary>Whether rows can be turned into this type without data on the importance of each number.</summary>
    internal static bool CanQuantize(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16
        or GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q8_0
        or GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.IQ4_NL or GgmlType.IQ4_XS;

    /// <summary>Turns whole rows into a type.</summary>
    /// <returns>The bytes written to the target.</returns>
    /// <exception cref="LlamaRuntimeException">The native library could not be loaded, or is not the one that this package was built for.</exception>
    internal static int Quantize(GgmlType type, ReadOnlySpan<float> rows, int rowLength, Span<byte> target)
    {
        _ = Verified.Value;
        GgmlTypeLayout.TryGet((uint)type, out int blockLength, out int blockSize);
        int bytes = checked((int)((long)rows.Length / blockLength * blockSize));
        if (!CanQuantize(type) || rows.Length % rowLength != 0 || rowLength % blockLength != 0 || target.Length < bytes)
        {
            throw new ArgumentException($"Rows of {rowLength} numbers cannot be written as {type} into {target.Length:N0} bytes.", nameof(type));
        }

        fixed (float* source = rows)
        fixed (byte* to = target)
        {
            return (int)GgmlFunctions.ggml_quantize_chunk((int)type, source, to, 0, rows.Length / rowLength, rowLength, null);
        }
    }

    private static bool Verify()
    {
        LlamaRuntime runtime = LlamaRuntime.Load();
        foreach (GgmlType type in Enum.GetValues<GgmlType>())
        {
            NativeTypeTraits* traits = GgmlFunctions.ggml_get_type_traits((int)type);
            GgmlTypeLayout.TryGet((uint)type, out int blockLength, out int blockSize);
            if (traits is null || traits->TypeName != GgmlFunctions.ggml_type_name((int)type) || traits->BlckSize != blockLength || traits->TypeSize != (nuint)blockSize || traits->IsQuantized > 1)
            {
                throw Mismatch(runtime, $"its table does not describe {type} as {blockLength} numbers in {blockSize} bytes");
            }
        }

        foreach ((GgmlType type, string name) in ((GgmlType, string)[])[(GgmlType.Q8_0, "dequantize_row_q8_0"), (GgmlType.Q4_K, "dequantize_row_q4_K")])
        {
            nint toFloat = (nint)GgmlFunctions.ggml_get_type_traits((int)type)->ToFloat;
            if (!NativeLibrary.TryGetExport(runtime.GgmlBase, name, out nint exported) || toFloat != exported)
            {
                throw Mismatch(runtime, $"its table does not name {name} as the conversion of {type}");
            }
        }

        return true;
    }

    private static LlamaRuntimeException Mismatch(LlamaRuntime runtime, string what) =>
        new($"{Path.Combine(runtime.Directory, runtime.LibraryFile)} is not the llama.cpp that LLamaSharp {NativeLayout.LLamaSharpVersion} was made for: {what}.");
}
