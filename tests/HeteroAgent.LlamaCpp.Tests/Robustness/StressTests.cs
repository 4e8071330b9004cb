using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Many requests of every kind in a cache that is far too small for them.</summary>
public sealed class StressTests
{
    private const int Context = 192;

    private static readonly JsonElement Document = JsonDocument.Parse("""{"type":"object","properties":{"n":{"enum":[4,7,99]},"s":{"type":"string","maxLength":8}},"required":["n","s"]}""").RootElement;
    private static readonly JsonElement Choice = JsonDocument.Parse("""{"enum":["a dog","a cat","a very big red ball","no"]}""").RootElement;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Every_request_ends_rightly_and_every_cell_comes_back(int seed)
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.StoriesPath, new LlamaModelOptions { ChatTemplate = "chatml", ContextLength = Context, MaxConcurrentRequests = 6, BatchSize = 32 });
        using IChatClient client = model.AsIChatClient();
        Random random = new(seed);
        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Task.Run(() => OneAsync(client, new Random(random.Next())))).ToArray()).WaitAsync(TimeSpan.FromMinutes(2));
        TestContext.Out.WriteLine(string.Join(", ", outcomes.CountBy(o => o).OrderBy(o => o.Key, StringComparer.Ordinal)));
        Assert.That(outcomes, Has.Some.EqualTo("text").And.Some.EqualTo("document").And.Some.EqualTo("choice"));
        Assert.That(await SchedulerFaultTests.FillsTheWholeCacheAsync(model), Is.True);
    }

    private static async Task<string> OneAsync(IChatClient client, Random random)
    {
        int kind = random.Next(8);
        string prompt = kind == 0 ? string.Join(' ', Enumerable.Repeat("word", 200)) : string.Join(' ', Enumerable.Repeat($"story {random.Next(3)}", random.Next(1, 6)));
        ChatOptions options = new()
        {
            Temperature = random.Next(2),
            Seed = random.Next(),
            MaxOutputTokens = random.Next(3) == 0 ? null : random.Next(30, 80),
            StopSequences = random.Next(3) == 0 ? ["the", " a"] : null,
            ResponseFormat = kind switch { 1 or 2 => ChatResponseFormat.ForJsonSchema(Document), 3 => ChatResponseFormat.ForJsonSchema(Choice), _ => null },
        };
        using CancellationTokenSource cancel = new();
        if (kind == 4)
        {
            cancel.CancelAfter(TimeSpan.FromMilliseconds(random.Next(60)));
        }

        try
        {
            ChatResponse response = random.Next(2) == 0
                ? await client.GetResponseAsync(prompt, options, cancel.Token)
                : await client.GetStreamingResponseAsync(prompt, options, cancel.Token).ToChatResponseAsync(cancel.Token);
            return Check(response, options, kind);
        }
        catch (OperationCanceledException)
        {
            Assert.That(kind, Is.EqualTo(4));
            return "cancelled";
        }
        catch (ContextOverflowException)
        {
            Assert.That(kind, Is.Zero);
            return "overflow";
        }
    }

    private static string Check(ChatResponse response, ChatOptions options, int kind)
    {
        UsageDetails usage = response.Usage!;
        Assert.That(usage.OutputTokenCount, Is.InRange(1, options.MaxOutputTokens ?? Context));
        Assert.That(usage.CachedInputTokenCount, Is.LessThan(usage.InputTokenCount!.Value));
        Assert.That(usage.TotalTokenCount, Is.EqualTo(usage.InputTokenCount + usage.OutputTokenCount).And.AtMost(Context));
        switch (kind)
        {
            case 1 or 2:
                JsonElement document = JsonDocument.Parse(response.Text).RootElement;
                Assert.That(document.GetProperty("n").GetInt32(), Is.AnyOf(4, 7, 99));
                Assert.That(document.GetProperty("s").GetString()!.EnumerateRunes().Count(), Is.LessThanOrEqualTo(8));
                return "document";
            case 3:
                Assert.That(response.Text, Is.AnyOf([.. Choice.GetProperty("enum").EnumerateArray().Select(e => e.GetRawText())]));
                return "choice";
            default:
                Assert.That(options.StopSequences ?? [], Has.None.Matches<string>(s => response.Text.Contains(s!, StringComparison.Ordinal)));
                return "text";
        }
    }
}
