using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Libraries whose structures lie otherwise, as functions of the same shape.</summary>
[NonParallelizable]
public sealed unsafe class NativeLayoutTests
{
    private const string Found = "/somewhere/libllama.so";
    private static ModelBytes _model;
    private static ContextBytes _context;
    private static QuantizeBytes _quantize;

    private static readonly Dictionary<string, nint> Exports = new()
    {
        ["llama_model_default_params"] = (nint)(delegate* unmanaged[Cdecl]<ModelBytes>)&ModelDefaults,
        ["llama_context_default_params"] = (nint)(delegate* unmanaged[Cdecl]<ContextBytes>)&ContextDefaults,
        ["llama_model_quantize_default_params"] = (nint)(delegate* unmanaged[Cdecl]<QuantizeBytes>)&QuantizeDefaults,
    };

    [SetUp]
    public void ReadTheRealDefaults()
    {
        LlamaRuntime runtime = LlamaRuntime.Load();
        nint Export(int function) => NativeLibrary.GetExport(runtime.Llama, NativeLayout.Functions[function]);
        _model = ((delegate* unmanaged[Cdecl]<ModelBytes>)Export(0))();
        _context = ((delegate* unmanaged[Cdecl]<ContextBytes>)Export(1))();
        _quantize = ((delegate* unmanaged[Cdecl]<QuantizeBytes>)Export(2))();
    }

    [Test]
    public void The_structures_of_LLamaSharp_have_the_sizes_of_these_tests()
    {
        Assert.That(Marshal.SizeOf<LLamaModelParams>(), Is.EqualTo(sizeof(ModelBytes)));
        Assert.That(Marshal.SizeOf<LLamaContextParams>(), Is.EqualTo(sizeof(ContextBytes)));
        Assert.That(Marshal.SizeOf<LLamaModelQuantizeParams>(), Is.EqualTo(sizeof(QuantizeBytes)));
    }

    [Test]
    public void The_layout_of_the_backend_package_is_accepted() => Assert.That(() => Verify(Exports), Throws.Nothing);

    [Test]
    public void A_field_that_is_missing_in_the_middle_is_named()
    {
        Write(_model, 16, 1);
        Refused("llama_model_params.n_gpu_layers should be -1 at byte 16 and is 1");
    }

    [Test]
    public void A_flag_that_was_inserted_is_noticed()
    {
        Write(_model, 64, 0x0000_0100);
        Refused("llama_model_params.kv_overrides and the flags behind it");
    }

    [Test]
    public void A_context_with_other_defaults_is_refused()
    {
        Write(_context, 4, 512);
        Refused("llama_context_params.n_batch should be 2048 at byte 4 and is 512");
    }

    [Test]
    public void A_context_with_a_count_more_is_refused()
    {
        // llama.cpp 0.5 has n_outputs_max_per_seq before n_threads.
        Span<byte> bytes = _context;
        bytes[24..^4].ToArray().CopyTo(bytes[28..]);
        Write(_context, 24, 1);
        Refused("llama_context_params.n_threads should be 4 at byte 24 and is 1");
    }

    [Test]
    public void Quantisation_with_other_defaults_is_refused()
    {
        Write(_quantize, 4, 2);
        Refused("llama_model_quantize_params.ftype should be 7 at byte 4 and is 2");
    }

    [Test]
    public void A_structure_that_grew_is_refused()
    {
        Assume.That(RuntimeInformation.ProcessArchitecture, Is.EqualTo(Architecture.X64), "only there does the caller see how much was written");
        Refused("72 bytes and is longer", new(Exports) { ["llama_model_default_params"] = (nint)(delegate* unmanaged[Cdecl]<Longer>)&LongerDefaults });
    }

    [Test]
    public void A_library_without_a_function_is_refused()
    {
        Dictionary<string, nint> exports = new(Exports);
        exports.Remove("llama_model_quantize_default_params");
        Refused("exports no llama_model_quantize_default_params", exports);
    }

    private static void Verify(Dictionary<string, nint> exports) => NativeLayout.Verify(name => exports.GetValueOrDefault(name), Found);

    private static void Refused(string reason, Dictionary<string, nint>? exports = null)
    {
        LlamaRuntimeException e = Assert.Throws<LlamaRuntimeException>(() => Verify(exports ?? Exports))!;
        Assert.That(e.Message, Does.Contain(reason).And.Contain(Found).And.Contain($"LLamaSharp.Backend.Cpu {NativeLayout.LLamaSharpVersion}"));
    }

    private static void Write(Span<byte> structure, int offset, int value) => MemoryMarshal.Write(structure[offset..], value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ModelBytes ModelDefaults() => _model;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ContextBytes ContextDefaults() => _context;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Longer LongerDefaults() => new() { Known = _model, More = 1 };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static QuantizeBytes QuantizeDefaults() => _quantize;

    [InlineArray(72)]
    private struct ModelBytes
    {
        private byte _first;
    }

    [InlineArray(160)]
    private struct ContextBytes
    {
        private byte _first;
    }

    [InlineArray(56)]
    private struct QuantizeBytes
    {
        private byte _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Longer
    {
        public ModelBytes Known;
        public long More;
    }
}
