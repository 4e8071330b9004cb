using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Forced and drafted tokens on real schemas and a real model, beside greedy decoding of every token.</summary>
public class ForcedAgainstSampledTests
{
    [Test]
    public async Task Every_sampled_token_is_the_greedy_one_and_every_forced_token_has_no_alternative_but_another_split()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("HETEROAGENT_SCHEMAS") ?? "10", CultureInfo.InvariantCulture);
        string file = Environment.GetEnvironmentVariable("HETEROAGENT_SCHEMA_FILE") ?? "BFCL_v4_live_simple.json";
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        using RawContext raw = new(model);
        GreedyCheck check = new(model, raw);
        Tally sampled = new();
        Tally fast = new();
        int same = 0;
        foreach ((string prompt, JsonElement schema) in FunctionPrompts.Read(count, file))
        {
            int most = MostTokens(schema);
            ChatOptions options = new() { MaxOutputTokens = most, ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) };
            ChatResponse slow = await AskAsync(client, prompt, options, false, sampled);
            ChatResponse response = await AskAsync(client, prompt, options, true, fast);
            same += slow.GetLogprobs().Select(t => t.TokenId).SequenceEqual(response.GetLogprobs().Select(t => t.TokenId)) ? 1 : 0;
            int[] tokens = [.. model.RenderPrompt([new ChatMessage(ChatRole.User, prompt)], options).TokenIds];
            check.Check(tokens, [.. slow.GetLogprobs().Select(t => (t.TokenId, t.IsForced))], JsonGrammar.Compile(schema).CreateState(model.TokenVocabulary), most);
            Assert.That(check.SameSplit + check.OtherSplit, Is.EqualTo(fast.Forced - response.GetLogprobs().Count(t => t.IsForced)), "nothing is forced where that is turned off");
            check.Check(tokens, [.. response.GetLogprobs().Select(t => (t.TokenId, t.IsForced))], JsonGrammar.Compile(schema).CreateState(model.TokenVocabulary), most);
            Assert.That(JsonDocument.Parse(response.Text).RootElement.ValueKind, Is.EqualTo(JsonValueKind.Object));
        }

        TestContext.Out.WriteLine($"switched off: {sampled}");
        TestContext.Out.WriteLine($"switched on:  {fast}");
        TestContext.Out.WriteLine($"{check.Best} sampled tokens are the best, {check.NearBest} within rounding; {check.SameSplit} forced tokens are the greedy ones, {check.OtherSplit} split the same text otherwise; {same} of {count} answers are the same token for token");
        Assert.That(check.NearBest, Is.LessThanOrEqualTo(2 + ((check.Best + check.NearBest) / 50)));
        Assert.That(fast.Forced, Is.GreaterThan(fast.Tokens / 20));
    }

    // Enough for the shortest document, whose bytes may each cost a token, and some words more.
    private static int MostTokens(JsonElement schema) => 60 + JsonGrammar.Compile(schema).CreateState(TestVocabulary.Default).MinimumBytesToComplete;

    private static async Task<ChatResponse> AskAsync(IChatClient client, string prompt, ChatOptions options, bool fast, Tally tally)
    {
        options.RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true, ForcedTokens = fast, DraftTokens = fast ? null : false };
        TimeSpan before = Environment.CpuUsage.TotalTime;
        ChatResponse response = await client.GetResponseAsync(prompt, options);
        tally.Add(response, Environment.CpuUsage.TotalTime - before);
        Assert.That(response.GetConfidence()!.TokenCount, Is.EqualTo(response.GetLogprobs().Count(t => !t.IsForced)));
        Assert.That(response.Usage!.OutputTokenCount, Is.EqualTo(response.GetLogprobs().Count));
        return response;
    }

    private sealed class Tally
    {
        private TimeSpan _time;
        private long _drafted;
        private long _rejected;

        internal long Tokens { get; private set; }

        internal long Forced { get; private set; }

        public override string ToString() => $"{Tokens} tokens, {Forced} forced, {_drafted} drafted ({_rejected} more in vain), {Tokens - Forced - _drafted} alone; {_time.TotalMilliseconds:F0} ms of processor time, {_time.TotalMilliseconds / Tokens:F1} a token";

        internal void Add(ChatResponse response, TimeSpan time)
        {
            _time += time;
            Tokens += response.Usage!.OutputTokenCount!.Value;
            Forced += response.Usage.AdditionalCounts![TokenCountNames.Forced];
            _drafted += response.Usage.AdditionalCounts[TokenCountNames.Drafted];
            _rejected += response.Usage.AdditionalCounts[TokenCountNames.RejectedDraft];
        }
    }
}
