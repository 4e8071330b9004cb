using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Proves before first use that the loaded library lays its parameter structures out as this binding does.</summary>
/// <remarks>
/// Each <c>*_default_params</c> function fills a buffer that was filled with 0xAA. The known defaults must stand at their
/// offsets and nothing may be written past the structure; otherwise a wrong layout would show as a crash far away.
/// </remarks>
internal static unsafe class NativeAbi
{
    /// <summary>The versions whose structures these are: 0.5.0 on Linux, 0.4.0 where nothing newer is prebuilt.</summary>
    internal const string Versions = "0.4 and 0.5";

    private const byte Poison = 0xAA;
    private const int BufferLength = 512;

    private static readonly (int Offset, int Expected, string Field)[] ModelDefaults =
    [
        (0, 0, "devices"), (16, -1, "n_gpu_layers"), (20, 1, "split_mode"), (24, -1, "load_mode"), (28, 1, "lazy_mode"), (32, 0, "main_gpu"),
        (48, 0, "progress_callback"), (56, 0, "progress_callback_user_data"), (64, 0, "kv_overrides"), (72, 0x0001_0000, "vocab_only to no_host"),
    ];

    private static readonly (int Offset, int Expected, string Field)[] ContextDefaults =
    [
        (0, 512, "n_ctx"), (4, 2048, "n_batch"), (8, 512, "n_ubatch"), (12, 1, "n_seq_max"), (24, 1, "n_outputs_max_per_seq"),
        (36, 0, "ctx_type"), (40, -1, "rope_scaling_type"), (44, -1, "pooling_type"), (48, -1, "attention_type"), (52, -1, "flash_attn_type"),
        (64, BitConverter.SingleToInt32Bits(-1f), "yarn_ext_factor"), (88, 0, "defrag_thold or cb_eval"), (104, 1, "type_k"), (108, 1, "type_v"),
        (112, 0, "abort_callback"), (128, 0x0101_0100, "embeddings to op_offload"), (136, 0, "samplers"), (152, 0, "ctx_other"),
    ];

    private static readonly (int Offset, int Expected, string Field)[] QuantizeDefaults =
    [
        (0, 0, "nthread"), (4, 7, "ftype"), (16, 0x0000_0100, "allow_requantize to pure"), (24, 0, "imatrix"), (32, 0, "kv_overrides"), (40, 0, "tensor types"), (48, 0, "prune_layers"),
    ];

    /// <summary>Checks the structure of quantisation, before it is used.</summary>
    /// <param name="quantizeDefaultParams">The address of <c>llama_model_quantize_default_params</c>.</param>
    /// <param name="found">What the library says of its version.</param>
    /// <exception cref="LlamaRuntimeException">The structure differs.</exception>
    internal static void VerifyQuantize(nint quantizeDefaultParams, string found) =>
        Check(Fill(quantizeDefaultParams), "llama_model_quantize_params", sizeof(Interop.LlamaModelQuantizeParams), QuantizeDefaults, found);

    /// <summary>Checks both structures.</summary>
    /// <param name="modelDefaultParams">The address of <c>llama_model_default_params</c>.</param>
    /// <param name="contextDefaultParams">The address of <c>llama_context_default_params</c>.</param>
    /// <param name="found">What the library says of its version.</param>
    /// <exception cref="LlamaRuntimeException">A structure differs.</exception>
    internal static void Verify(nint modelDefaultParams, nint contextDefaultParams, string found)
    {
        Check(Fill(modelDefaultParams), "llama_model_params", sizeof(Interop.LlamaModelParams), ModelDefaults, found);
        Check(Fill(contextDefaultParams), "llama_context_params", sizeof(Interop.LlamaContextParams), ContextDefaults, found);
    }

    private static byte[] Fill(nint function)
    {
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

    private static void Check(byte[] buffer, string structure, int size, (int Offset, int Expected, string Field)[] defaults, string found)
    {
        foreach ((int offset, int expected, string field) in defaults)
        {
            int actual = BitConverter.ToInt32(buffer, offset);
            if (actual != expected)
            {
                throw Mismatch($"{structure}.{field} should be {expected} at byte {offset} and is {actual}", found);
            }
        }

        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && buffer.AsSpan(size).ContainsAnyExcept(Poison))
        {
            throw Mismatch($"{structure} should have {size} bytes and is longer", found);
        }
    }

    private static LlamaRuntimeException Mismatch(string what, string found) =>
        new($"The loaded llama.cpp is not compatible: this package was built for llama.cpp {Versions}, the library says {found}, and {what}. Install the HeteroAgent.Runtime package of the same version as HeteroAgent.LlamaCpp, or point HETEROAGENT_NATIVE_PATH at libraries of llama.cpp {Versions}.");

    [InlineArray(BufferLength)]
    private struct Returned
    {
        private byte _first;
    }
}
