using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Long prompts beside requests that generate, counted in tokens.</summary>
public sealed class PrefillTests
{
    private static Task<LlamaModel> LoadAsync(int? chunk) =>
        LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = 4096, PrefillChunk = chunk, GpuLayers = 0 });

    private static int[] Prompt(int first, int length) => [1, first, .. Enumerable.Range(0, length - 2).Select(i => 260 + (i % 200))];

    [TestCase(5)]
    [TestCase(24)]
    [TestCase(null)]
    public async Task A_long_prompt_stands_between_two_tokens_of_another_with_few_of_its_own(int? chunk)
    {
        await using LlamaModel model = await LoadAsync(chunk);
        List<(int Generating, int Prompt)> steps = [];
        model.Scheduler.StepFilled = (generating, prompt) => steps.Add((generating, prompt));
        Task<List<GeneratedToken>>? longPrompt = null;
        GenerationRequest writer = Requests.Generate(model, Prompt(300, 10), 2000, constraint: new AdapterDecodingTests.Endless());
        model.Scheduler.Submit(writer);
        await foreach (GeneratedToken _ in writer.Output.ReadAllAsync())
        {
            longPrompt ??= Requests.RunAsync(model, Requests.Generate(model, Prompt(301, 1500), 4));
            if (longPrompt.IsCompleted)
            {
                writer.Abandon();
                break;
            }
        }

        Assert.That(await longPrompt!, Is.Not.Empty);
        (int Generating, int Prompt)[] mixed = [.. steps.Where(s => s.Generating > 0 && s.Prompt > 0)];
        Assert.That(mixed.Sum(s => s.Prompt), Is.GreaterThan(1000), "the long prompt was read beside the other");
        if (chunk is { } most)
        {
            Assert.That(mixed.Max(s => s.Prompt), Is.EqualTo(most));
        }
    }

    [Test]
    public async Task A_short_prompt_gets_through_behind_long_ones()
    {
        await using LlamaModel model = await LoadAsync(null);

        // So that what a prompt costs is known.
        _ = await Requests.RunAsync(model, Requests.Generate(model, Prompt(299, 200), 1));
        using Gate gate = await Gate.CloseAsync(model);
        List<string> order = [];
        async Task RunAsync(string name, int first, int length)
        {
            await Requests.RunAsync(model, Requests.Generate(model, Prompt(first, length), 1));
            lock (order)
            {
                order.Add(name);
            }
        }

        Task[] all = [RunAsync("long", 301, 1900), RunAsync("longer", 302, 1950), RunAsync("short", 303, 12)];
        gate.Open();
        await Task.WhenAll(all);
        Assert.That(order[0], Is.EqualTo("short"));
        Assert.That(order[1], Is.EqualTo("long"), "one after the other, not both at half the speed");
    }

    [TestCase(8)]
    [TestCase(24)]
    [TestCase(63)]
    public async Task The_chunk_does_not_change_greedy_text(int chunk)
    {
        string[] prompts = ["List three fruits.", "What is the capital of Italy?", "Write a sentence about the sea, and one about the mountains.", "Who wrote Hamlet?"];
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path, new LlamaModelOptions { PrefillChunk = chunk, GpuLayers = 0 });
        List<int[]> alone = [];
        foreach (string prompt in prompts)
        {
            alone.Add([.. (await Requests.RunAsync(model, Requests.Generate(model, Requests.Tokens(model, prompt), 16))).Select(t => t.Id)]);
        }

        await using LlamaModel fresh = await LlamaModel.LoadAsync(Models.SmolLM2Path, new LlamaModelOptions { PrefillChunk = chunk, GpuLayers = 0 });
        GenerationRequest writer = Requests.Generate(fresh, Requests.Tokens(fresh, "Once upon a time"), 1000, constraint: new AdapterDecodingTests.Endless());
        fresh.Scheduler.Submit(writer);
        _ = await writer.Output.ReadAsync();
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] beside = [.. (await Requests.RunAsync(fresh, Requests.Generate(fresh, Requests.Tokens(fresh, prompts[i]), 16))).Select(t => t.Id)];
            Assert.That(beside, Is.EqualTo(alone[i]), prompts[i]);
        }

        writer.Abandon();
    }
}
