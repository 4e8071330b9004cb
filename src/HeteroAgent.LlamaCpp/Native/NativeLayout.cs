using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Proves before first use that a library lays its parameter structures out as LLamaSharp does.</summary>
/// <remarks>
/// Each <c>*_default_params</c> function fills a buffer that was filled with 0xAA. The known defaults must stand where LLamaSharp
/// has the fields, and nothing may be written past the structure; otherwise a wrong layout would show as a crash far away.
/// </remarks>
internal static unsafe class NativeLayout
{
    private const byte Poison = 0xAA;
    private const int BufferLength = 512;

    /// <summary>The version of LLamaSharp that this process runs, for example <c>0.30.0</c>.</summary>
    internal static string LLamaSharpVersion { get; } = Version();

    /// <summary>The functions whose structures are compared.</summary>
    internal static IReadOnlyList<string> Functions { get; } = ["llama_model_default_params", "llama_context_default_params", "llama_model_quantize_default_params"];

    /// <summary>Checks the three structures of opened libraries.</summary>
    /// <exception cref="LlamaRuntimeException">A function is missing, or a structure differs.</exception>
    internal static void Verify(NativeLibraries libraries) => Verify(
        name => NativeLibrary.TryGetExport(libraries.Llama, name, out nint function) ? function : 0,
        Path.Combine(libraries.Directory, NativeFiles.Name("llama")));

    /// <summary>Checks the three structures.</summary>
    /// <param name="export">Gives the address of a function, or 0 where the library has none of that name.</param>
    /// <param name="found">The library, as messages name it.</param>
    /// <exception cref="LlamaRuntimeException">A function is missing, or a structure differs.</exception>
    internal static void Verify(Func<string, nint> export, string found)
    {
        Check<LLamaModelParams>(Fill(Functions[0], export, found), "llama_model_params", Model, found);
        Check<LLamaContextParams>(Fill(Functions[1], export, found), "llama_context_params", Context, found);
        Check<LLamaModelQuantizeParams>(Fill(Functions[2], export, found), "llama_model_quantize_params", Quantize, found);
    }

    private static (string Field, int Delta, int Expected)[] Model =>
    [
        (nameof(LLamaModelParams.devices), 0, 0), (nameof(LLamaModelParams.n_gpu_layers), 0, -1), (nameof(LLamaModelParams.split_mode), 0, 1),
        (nameof(LLamaModelParams.load_mode), 0, 1), (nameof(LLamaModelParams.main_gpu), 0, 0), (nameof(LLamaModelParams.tensor_split), 0, 0),
        (nameof(LLamaModelParams.progress_callback), 0, 0), (nameof(LLamaModelParams.progress_callback_user_data), 0, 0),
        (nameof(LLamaModelParams.kv_overrides), 0, 0), (nameof(LLamaModelParams.kv_overrides), sizeof(nint), 0x0001_0000),
    ];

    private static (string Field, int Delta, int Expected)[] Context
    {
        get
        {
            int minusOne = BitConverter.SingleToInt32Bits(-1);
            return
            [
                (nameof(LLamaContextParams.n_ctx), 0, 512), (nameof(LLamaContextParams.n_batch), 0, 2048), (nameof(LLamaContextParams.n_ubatch), 0, 512),
                (nameof(LLamaContextParams.n_seq_max), 0, 1), (nameof(LLamaContextParams.n_rs_seq), 0, 0), (nameof(LLamaContextParams.n_outputs_max), 0, 0),
                (nameof(LLamaContextParams.n_threads), 0, 4), (nameof(LLamaContextParams.n_threads_batch), 0, 4), (nameof(LLamaContextParams.context_type), 0, 0),
                (nameof(LLamaContextParams.rope_scaling_type), 0, -1), (nameof(LLamaContextParams.llama_pooling_type), 0, -1),
                (nameof(LLamaContextParams.attention_type), 0, -1), (nameof(LLamaContextParams.llama_flash_attn_type), 0, -1),
                (nameof(LLamaContextParams.yarn_ext_factor), 0, minusOne), (nameof(LLamaContextParams.defrag_threshold), 0, minusOne),
                (nameof(LLamaContextParams.cb_eval), 0, 0), (nameof(LLamaContextParams.type_k), 0, 1), (nameof(LLamaContextParams.type_v), 0, 1),
                (nameof(LLamaContextParams.abort_callback), 0, 0), (nameof(LLamaContextParams.abort_callback_user_data), sizeof(nint), 0x0101_0100),
                (nameof(LLamaContextParams.samplers), 0, 0), (nameof(LLamaContextParams.ctx_other), 0, 0),
            ];
        }
    }

    private static (string Field, int Delta, int Expected)[] Quantize =>
    [
        (nameof(LLamaModelQuantizeParams.nthread), 0, 0), (nameof(LLamaModelQuantizeParams.ftype), 0, 7),
        (nameof(LLamaModelQuantizeParams.token_embedding_type), sizeof(int), 0x0000_0100), (nameof(LLamaModelQuantizeParams.imatrix), 0, 0),
        (nameof(LLamaModelQuantizeParams.kv_overrides), 0, 0), (nameof(LLamaModelQuantizeParams.tensor_types), 0, 0), (nameof(LLamaModelQuantizeParams.prune_layers), 0, 0),
    ];

    private static byte[] Fill(string name, Func<string, nint> export, string found)
    {
        nint function = export(name);
        if (function == 0)
        {
            throw Mismatch($"it exports no {name}", found);
        }

        byte[] buffer = new byte[BufferLength];
        buffer.AsSpan().Fill(Poison);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            // A structure of this size is returned through a hidden first argument, on System V and on Windows.
            fixed (byte* p = buffer)
            {
                ((delegate* unmanaged[Cdecl]<byte*, byte*>)function)(p);
            }
        }
        else
        {
            // Elsewhere the address travels in a register of its own, which only a by-value return can set.
            Returned value = ((delegate* unmanaged[Cdecl]<Returned>)function)();
            ((ReadOnlySpan<byte>)value).CopyTo(buffer);
        }

        return buffer;
    }

    private static void Check<T>(byte[] buffer, string structure, (string Field, int Delta, int Expected)[] defaults, string found)
        where T : struct
    {
        foreach ((string field, int delta, int expected) in defaults)
        {
            int offset = OffsetOf<T>(field) + delta;
            int actual = BitConverter.ToInt32(buffer, offset);
            if (actual != expected)
            {
                throw Mismatch($"{structure}.{field}{(delta == 0 ? "" : " and the flags behind it")} should be {expected} at byte {offset} and is {actual}", found);
            }
        }

        int size = SizeOf<T>();
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && buffer.AsSpan(size).ContainsAnyExcept(Poison))
        {
            throw Mismatch($"{structure} should have {size} bytes and is longer", found);
        }
    }

#pragma warning disable CA1421 // These structures are LLamaSharp's, which passes them by the runtime's marshalling.
    /// <summary>The place of a field in a structure of LLamaSharp, in bytes.</summary>
    internal static int OffsetOf<T>(string field) => (int)Marshal.OffsetOf<T>(field);

    private static int SizeOf<T>()
        where T : struct => Marshal.SizeOf<T>();
#pragma warning restore CA1421

    private static LlamaRuntimeException Mismatch(string what, string found) =>
        new($"{found} is not the llama.cpp that LLamaSharp {LLamaSharpVersion} was made for: {what}. Add the package LLamaSharp.Backend.Cpu {LLamaSharpVersion} (or .Cuda12, .Vulkan of the same version), or build llama.cpp at the commit that this version of LLamaSharp names.");

    // LLamaSharp's own assembly says 0.0.0.
    private static string Version() =>
        typeof(NativeLayout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "LLamaSharpVersion")?.Value ?? "unknown";

    [InlineArray(BufferLength)]
    private struct Returned
    {
        private byte _first;
    }
}
