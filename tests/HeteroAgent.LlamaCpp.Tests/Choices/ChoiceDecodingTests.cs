using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Choices scored together on real models against each scored on its own.</summary>
public sealed class ChoiceDecodingTests
{
    private static Task<LlamaModel> LoadAsync(int context, int concurrent = 4, int batch = 512) =>
        LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = context, MaxConcurrentRequests = concurrent, BatchSize = batch });

    [TestCase(1024, 512)]
    [TestCase(48, 512)]
    [TestCase(300, 32)]
    public async Task Hundreds_of_choices_score_as_one_by_one(int context, int batch)
    {
        await using LlamaModel model = await LoadAsync(context, batch: batch);
        int[] prompt = Requests.Tokens(model, "Once upon a time");
        int[][] choices = Names(model, 300);
        float[][] together = await Requests.ScoreAsync(model, prompt, choices);
        for (int i = 0; i < choices.Length; i += 13)
        {
            float[] alone = (await Requests.ScoreAsync(model, prompt, choices[i]))[0];
            Assert.That(together[i], Is.EqualTo(alone).Within(0.01f), $"choice {i}");
        }
    }

    [Test]
    public async Task Nested_equal_and_empty_choices_score_as_one_by_one()
    {
        await using LlamaModel model = await LoadAsync(256);
        int[] prompt = Requests.Tokens(model, "The");
        int[][] choices = [.. new[] { "card", "card arrival", "card arrival today", "", "card", "cat" }.Select(t => t.Length == 0 ? [] : Requests.Tokens(model, t)[1..])];
        float[][] together = await Requests.ScoreAsync(model, prompt, choices);
        for (int i = 0; i < choices.Length; i++)
        {
            Assert.That(together[i], Is.EqualTo((await Requests.ScoreAsync(model, prompt, choices[i]))[0]).Within(0.01f));
        }
    }

    [TestCase(1024)]
    [TestCase(48)]
    public async Task Choices_left_behind_change_no_share_by_more_than_the_tolerance(int context)
    {
        await using LlamaModel model = await LoadAsync(context);
        int[] prompt = Requests.Tokens(model, "Once upon a time there was a");
        int[][] choices = Names(model, 300);
        GenerationRequest exact = await RunAsync(model, prompt, choices, 0.0);
        GenerationRequest likely = await RunAsync(model, prompt, choices, 1e-3);
        Assert.That(likely.Scoring!.Shares(), Is.EqualTo(exact.Scoring!.Shares()).Within(2e-3));
        Assert.That(likely.ChoiceScores!.Sum(s => s.Length), Is.LessThan(choices.Sum(c => c.Length)));
    }

    [Test]
    public async Task Neighbours_that_crowd_the_cache_change_nothing()
    {
        await using LlamaModel model = await LoadAsync(160, concurrent: 8);
        int[][] choices = Names(model, 100);
        int[] Prompt(int i) => Requests.Tokens(model, $"{i} " + string.Join(' ', Enumerable.Repeat("once upon", 4)));
        Task<List<GeneratedToken>>[] neighbours = [.. Enumerable.Range(0, 4).Select(i => Requests.RunAsync(model, Requests.Generate(model, Prompt(i), null)))];
        GenerationRequest[] crowded = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => RunAsync(model, Prompt(i), choices, 1e-3)));
        _ = await Task.WhenAll(neighbours);
        for (int i = 0; i < crowded.Length; i++)
        {
            GenerationRequest alone = await RunAsync(model, Prompt(i), choices, 1e-3);
            Assert.That(crowded[i].Scoring!.Shares(), Is.EqualTo(alone.Scoring!.Shares()).Within(5e-3));
        }
    }

    [Test]
    public async Task Cancelling_in_the_middle_leaves_the_model_in_order()
    {
        await using LlamaModel model = await LoadAsync(512);
        int[] prompt = Requests.Tokens(model, "Once upon a time");
        int[][] choices = Names(model, 1000);
        for (int delay = 0; delay < 60; delay += 6)
        {
            using CancellationTokenSource source = new();
            GenerationRequest request = new(prompt, source.Token) { Choices = choices };
            Task<List<GeneratedToken>> run = Requests.RunAsync(model, request);
            await Task.Delay(delay);
            await source.CancelAsync();
            try
            {
                await run;
                Assert.That(request.ChoiceScores, Is.Not.Null);
            }
            catch (OperationCanceledException)
            {
                Assert.That(request.ChoiceScores, Is.Null);
            }
        }

        int free = 512 - prompt.Length;
        Assert.That(await Requests.RunAsync(model, Requests.Generate(model, prompt, free)), Is.Not.Empty);
        float[] score = (await Requests.ScoreAsync(model, prompt, choices[5]))[0];
        Assert.That((await Requests.ScoreAsync(model, prompt, choices[..6]))[5], Is.EqualTo(score).Within(0.01f));
    }

    [Test]
    public async Task A_thousand_labels_are_a_choice()
    {
        LlamaModel model = await Models.StoriesAsync();
        using IChatClient client = model.AsIChatClient();
        string[] labels = [.. Enumerable.Range(0, 1000).Select(i => $"label {i}")];
        JsonElement schema = JsonSerializer.SerializeToElement(new { type = "object", properties = new { label = new { @enum = labels } }, required = new[] { "label" } });
        ChatResponse response = await client.GetResponseAsync("label 77", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) });
        var shares = response.GetConfidence()!.Choices!;
        Assert.That(shares, Has.Count.EqualTo(1000));
        Assert.That(shares.Values.Sum(), Is.EqualTo(1).Within(1e-9));
        Assert.That(shares[response.Text], Is.EqualTo(shares.Values.Max()));
        Assert.That(shares.Values, Has.All.Positive);
    }

    [Test]
    public async Task Shares_of_labels_are_those_of_brute_force()
    {
        LlamaModel model = await Models.SmolLM2Async();
        string[] labels = ["card_arrival", "card_not_working", "lost_or_stolen_card", "exchange_rate", "top_up_failed", "top_up_limits", "why_verify_identity", "transfer_timing", "atm_support"];
        int[] prompt = Requests.Tokens(model, "Message: My card has not come yet.\nTopic: ");
        int[][] choices = [.. labels.Select(l => Requests.Tokens(model, l)[1..])];
        double[] shares = (await RunAsync(model, prompt, choices, 1e-3)).Scoring!.Shares();
        double[] sums = new double[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            // Branch by branch: each token among those that go on with some label.
            for (int at = 0; at < choices[i].Length; at++)
            {
                int[] prefix = choices[i][..at];
                int[] next = [.. choices.Where(c => c.Length > at && c.AsSpan(0, at).SequenceEqual(prefix)).Select(c => c[at]).Distinct()];
                float[][] scores = await Requests.ScoreAsync(model, [.. prompt, .. prefix], [.. next.Select(t => new[] { t })]);
                sums[i] += scores[Array.IndexOf(next, choices[i][at])][0] - Math.Log(scores.Sum(s => Math.Exp(s[0])));
            }
        }

        double[] exact = [.. sums.Select(s => Math.Exp(s - sums.Max()) / sums.Sum(t => Math.Exp(t - sums.Max())))];
        Assert.That(shares, Is.EqualTo(exact).Within(0.05));
        Assert.That(Array.IndexOf(shares, shares.Max()), Is.EqualTo(Array.IndexOf(exact, exact.Max())));
    }

    // Names that share beginnings of every length.
    private static int[][] Names(LlamaModel model, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Requests.Tokens(model, $"{(i % 3 == 0 ? "little" : "big")} {(i % 7 == 0 ? "red" : "blue")} {"dog cat ball park".Split(' ')[i % 4]} {i}")[1..])];

    private static async Task<GenerationRequest> RunAsync(LlamaModel model, int[] prompt, int[][] choices, double? tolerance)
    {
        GenerationRequest request = new(prompt, CancellationToken.None) { Choices = choices, ChoiceTolerance = tolerance };
        _ = await Requests.RunAsync(model, request);
        return request;
    }
}
