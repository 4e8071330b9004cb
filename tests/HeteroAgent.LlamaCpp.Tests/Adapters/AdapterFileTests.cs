using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Adapter files that do not belong to the model, or are damaged: refused by name before native code sees them, or harmless.</summary>
public sealed class AdapterFileTests
{
    private static readonly GgufBuilder Base = AdapterSamples.Model();
    private readonly TemporaryFolder _folder = new();
    private LlamaModel _model = null!;

    [OneTimeSetUp]
    public async Task Load() => _model = await LlamaModel.LoadAsync(_folder.File("model.gguf", Base.Write()), new LlamaModelOptions { ChatTemplate = "chatml" });

    [OneTimeTearDown]
    public void Unload()
    {
        _model?.Dispose();
        _folder.Dispose();
    }

    private static GgufBuilder Sound() => AdapterSamples.Adapter(Base, 5);

    private static GgufBuilder Changed(string tensor, Func<GgufTensorSpec, GgufTensorSpec?> change)
    {
        GgufBuilder builder = Sound();
        int at = builder.Tensors.FindIndex(t => t.Name == tensor);
        GgufTensorSpec? changed = change(builder.Tensors[at]);
        builder.Tensors.RemoveAt(at);
        if (changed is not null)
        {
            builder.Tensors.Insert(at, changed);
        }

        return builder;
    }

    private static IEnumerable<TestCaseData> Unfit()
    {
        const string A = "blk.0.attn_q.weight.lora_a";
        const string B = "blk.0.attn_q.weight.lora_b";
        yield return Case("model", Base, "adapter");
        yield return Case("vector adapter", Sound().With("adapter.type", "cvec"), "lora");
        yield return Case("no adapter type", Sound().Without("adapter.type"), "lora");
        yield return Case("other architecture", Sound().With("general.architecture", "qwen2"), "'qwen2'", "'llama'");
        yield return Case("no alpha", Sound().Without("adapter.lora.alpha"), "adapter.lora.alpha");
        yield return Case("alpha of 64 bits", Sound().With("adapter.lora.alpha", 8.0), "adapter.lora.alpha", "Float32");
        yield return Case("alpha as text", Sound().With("adapter.lora.alpha", "8"), "adapter.lora.alpha");
        yield return Case("alpha not a number", Sound().With("adapter.lora.alpha", float.NaN), "adapter.lora.alpha");
        yield return Case("alpha infinite", Sound().With("adapter.lora.alpha", float.PositiveInfinity), "adapter.lora.alpha");
        yield return Case("invocation tokens", Sound().With("adapter.alora.invocation_tokens", new GgufArray(GgufValueType.UInt32, [5u])), "aLoRA");
        yield return Case("no tensors", AdapterSamples.Adapter(Base, 5, targets: "none"), "tensors");
        yield return Case("no partner", Changed(B, _ => null), A);
        yield return Case("no factor", Changed(B, t => t with { Name = "blk.0.attn_q.weight" }), "lora");
        yield return Case("target that is not there", AdapterSamples.Adapter(TwoBlocks(), 5), "blk.1.attn_q.weight");
        yield return Case("other width", AdapterSamples.Adapter(Wide(), 5), "attn_q.weight", "[8, 8]");
        yield return Case("rank of one factor", Changed(A, t => t with { Shape = [8, 2], Data = t.Data[..(8 * 2 * 4)] }), A);
        yield return Case("integers", Changed(A, t => t with { Type = 26 }), A, "I32");
        yield return Damaged("cut off", bytes => bytes[..^40], "missing");
        yield return Damaged("empty", _ => [], "empty");

        static TestCaseData Case(string name, GgufBuilder builder, params string[] named) =>
            new TestCaseData(builder.Write(), named).SetArgDisplayNames(name);

        static TestCaseData Damaged(string name, Func<byte[], byte[]> damage, params string[] named) =>
            new TestCaseData(damage(Sound().Write()), named).SetArgDisplayNames(name);
    }

    private static GgufBuilder TwoBlocks()
    {
        GgufBuilder builder = AdapterSamples.Model();
        builder.Tensors.AddRange([.. builder.Tensors.Where(t => t.Name.StartsWith("blk.0.", StringComparison.Ordinal)).Select(t => t with { Name = "blk.1." + t.Name[6..] })]);
        return builder;
    }

    private static GgufBuilder Wide()
    {
        GgufBuilder builder = AdapterSamples.Model();
        for (int i = 0; i < builder.Tensors.Count; i++)
        {
            builder.Tensors[i] = builder.Tensors[i] with { Shape = [.. builder.Tensors[i].Shape.Select(n => n * 2)] };
        }

        return builder;
    }

    [TestCaseSource(nameof(Unfit))]
    public async Task An_adapter_that_does_not_fit_is_refused_by_name(byte[] file, string[] named)
    {
        string path = _folder.File("unfit.gguf", file);
        GgufException e = (await Assert.ThrowsAsync<GgufException>(() => _model.LoadAdapterAsync(path)))!;
        TestContext.Out.WriteLine(e.Message);
        Assert.That(e.Path, Is.EqualTo(path));
        foreach (string name in named)
        {
            Assert.That(e.Message, Does.Contain(name));
        }
    }

    [Test]
    public async Task A_file_that_is_not_there_and_a_cancelled_load_are_told()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => _model.LoadAdapterAsync("/nonexistent.gguf"));
        Assert.That(() => _model.LoadAdapterAsync(" "), Throws.ArgumentException);
        await Assert.CatchAsync<OperationCanceledException>(() => _model.LoadAdapterAsync("x.gguf", new CancellationToken(canceled: true)));
    }

    [Test]
    public async Task Mutated_adapters_are_served_or_refused()
    {
        using Probe probe = new("adapter", _model.Path!);
        byte[] file = Sound().With("adapter.lora.note", 1u).With("general.alignment", 32u).Write();
        await MutatedFiles.RequireServedOrRefusedAsync(probe, _folder, file, count: 400, seed: 21, TimeSpan.FromMinutes(3), nameof(GgufException), nameof(LlamaModelException));
    }
}
