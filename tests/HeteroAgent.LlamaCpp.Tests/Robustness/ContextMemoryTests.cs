using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Contexts that cannot be allocated are refused when the model is loaded.</summary>
public sealed partial class ContextMemoryTests
{
    private static readonly SchedulerLimits Limits = new(MaxConcurrent: 16, Sequences: 32, ScoringSequences: 64, BatchSize: 512, OnCpu: true);

    [Test]
    public async Task A_context_beyond_all_memory_is_refused_at_load_with_what_fits()
    {
        string path = Models.SmolLM2Path;
        LlamaModelException e = (await Assert.ThrowsAsync<LlamaModelException>(() => LlamaModel.LoadAsync(path, new LlamaModelOptions { ContextLength = 100_000_000, GpuLayers = 0 })))!;
        Assert.That(e.Message, Does.Contain("ContextLength 100000000").And.Contain("bytes").And.Match("at most [0-9]+ tokens fit"));
    }

    [Test]
    public void What_is_said_to_fit_fits_and_the_next_block_does_not()
    {
        ContextMemory memory = ContextMemory.Of(GgufFile.Read(Models.SmolLM2Path), Limits)!;
        const double Available = 1e9;
        LlamaModelException e = Assert.Throws<LlamaModelException>(() => memory.RequireFits("m", 10_000_000, Available, "a machine"))!;
        int fits = int.Parse(Fits().Match(e.Message).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.That(() => memory.RequireFits("m", fits, Available, "a machine"), Throws.Nothing);
        Assert.That(() => memory.RequireFits("m", fits + 256, Available, "a machine"), Throws.TypeOf<LlamaModelException>());
    }

    [TestCase("SmolLM2-135M-Instruct.Q4_1.gguf")]
    [TestCase("stories260K.gguf")]
    public async Task The_estimate_of_keys_and_values_is_what_llama_cpp_allocates(string file)
    {
        const int Tokens = 1024;
        string path = HeteroAgent.TestKit.SharedData.Require("models", file);
        await using LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ContextLength = Tokens, GpuLayers = 0, ChatTemplate = "chatml" });
        List<string> log = [];
        LlamaLog.Observe(log.Add);
        try
        {
            _ = model.Scheduler;
        }
        finally
        {
            LlamaLog.Observe(null);
        }

        Match size = KvBuffer().Match(string.Concat(log));
        Assert.That(size.Success, string.Concat(log));
        double stated = double.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture);
        double estimated = ContextMemory.Of(model.File, Limits)!.KeysAndValuesPerToken * Tokens / (1 << 20);
        Assert.That(estimated, Is.EqualTo(stated).Within(0.01));
    }

    [Test]
    public async Task A_model_that_only_embeds_takes_any_context_length()
    {
        string path = HeteroAgent.TestKit.SharedData.Require("models", "all-MiniLM-L6-v2.Q8_0.gguf");
        await using LlamaModel model = await LlamaModel.LoadAsync(path, new LlamaModelOptions { ContextLength = 100_000_000 });
        Assert.That((await model.AsIEmbeddingGenerator().GenerateAsync(["a"])).Count, Is.EqualTo(1));
    }

    [GeneratedRegex("at most ([0-9]+) tokens fit")]
    private static partial Regex Fits();

    [GeneratedRegex("KV buffer size = +([0-9.]+) MiB")]
    private static partial Regex KvBuffer();
}
