using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Libraries whose structures lie otherwise, as functions of the same shape.</summary>
[NonParallelizable]
public sealed unsafe class NativeAbiTests
{
    private static Interop.LlamaModelParams _model;
    private static Interop.LlamaContextParams _context;

    private static Interop.LlamaModelQuantizeParams _quantize;

    private static nint Quantize => (nint)(delegate* unmanaged[Cdecl]<Interop.LlamaModelQuantizeParams>)&QuantizeDefaults;

    private static nint Model => (nint)(delegate* unmanaged[Cdecl]<Interop.LlamaModelParams>)&ModelDefaults;

    private static nint Context => (nint)(delegate* unmanaged[Cdecl]<Interop.LlamaContextParams>)&ContextDefaults;

    [SetUp]
    public void ReadTheRealDefaults()
    {
        LlamaRuntime.Load();
        _model = Interop.Llama.llama_model_default_params();
        _context = Interop.Llama.llama_context_default_params();
    }

    [Test]
    public void The_layout_of_the_bundled_library_is_accepted() => Assert.That(() => NativeAbi.Verify(Model, Context, "0.5.0"), Throws.Nothing);

    [Test]
    public void A_field_that_is_missing_in_the_middle_is_named()
    {
        _model.NGpuLayers = _model.SplitMode;
        Refused("n_gpu_layers should be -1 at byte 16 and is 1");
    }

    [Test]
    public void A_flag_that_was_inserted_is_noticed()
    {
        _model.CheckTensors = 1;
        _model.UseExtraBufts = 0;
        Refused("llama_model_params");
    }

    [Test]
    public void A_context_with_other_defaults_is_refused()
    {
        _context.NBatch = 512;
        Refused("llama_context_params.n_batch should be 2048 at byte 4 and is 512");
    }

    [Test]
    public void A_context_whose_flags_moved_is_refused()
    {
        _context.Embeddings = 1;
        _context.OpOffload = 0;
        Refused("llama_context_params");
    }

    [Test]
    public void A_structure_that_grew_is_refused()
    {
        Assume.That(RuntimeInformation.ProcessArchitecture, Is.EqualTo(Architecture.X64), "only there does the caller see how much was written");
        LlamaRuntimeException e = Assert.Throws<LlamaRuntimeException>(() => NativeAbi.Verify((nint)(delegate* unmanaged[Cdecl]<Longer>)&LongerDefaults, Context, "0.9.9"))!;
        Assert.That(e.Message, Does.Contain("80 bytes and is longer").And.Contain("0.9.9").And.Contain(NativeAbi.Versions));
    }

    [Test]
    public void Quantisation_is_refused_where_its_structure_differs()
    {
        _quantize = Interop.Llama.llama_model_quantize_default_params();
        Assert.That(() => NativeAbi.VerifyQuantize(Quantize, "0.5.0"), Throws.Nothing);
        _quantize.Ftype = 2;
        Assert.That(() => NativeAbi.VerifyQuantize(Quantize, "0.9.9"), Throws.TypeOf<LlamaRuntimeException>().With.Message.Contains("ftype should be 7 at byte 4 and is 2"));
    }

    private static void Refused(string reason)
    {
        LlamaRuntimeException e = Assert.Throws<LlamaRuntimeException>(() => NativeAbi.Verify(Model, Context, "0.9.9"))!;
        Assert.That(e.Message, Does.Contain(reason).And.Contain("0.9.9").And.Contain(NativeAbi.Versions));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Interop.LlamaModelParams ModelDefaults() => _model;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Interop.LlamaContextParams ContextDefaults() => _context;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Longer LongerDefaults() => new() { Known = _model, More = 1 };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Interop.LlamaModelQuantizeParams QuantizeDefaults() => _quantize;

    [StructLayout(LayoutKind.Sequential)]
    private struct Longer
    {
        public Interop.LlamaModelParams Known;
        public long More;
    }
}
