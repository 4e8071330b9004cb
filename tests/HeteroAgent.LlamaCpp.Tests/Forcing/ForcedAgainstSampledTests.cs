using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Whether forced and drafted tokens are those that greedy decoding under the same grammar would have sampled.</summary>
public class ForcedAgainstSampledTests
{
    // Where two sums of logits in ggml's kernels may part: see the goldens.
    private const double NearTie = 0.3;

    /// <summary>How two answers to the same request differ first.</summary>
    private enum Difference
    {
        None,
        NearTie,
        OtherSplit,
        OtherText,
    }

    [Test]
    public async Task Answers_are_those_of_sampling_every_token()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("HETEROAGENT_SCHEMAS") ?? "12", CultureInfo.InvariantCulture);
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        List<Difference> differences = [];
        long[] sums = new long[5];
        TimeSpan[] times = new TimeSpan[2];
        foreach ((string prompt, JsonElement schema) in FunctionPrompts.Read(count, Environment.GetEnvironmentVariable("HETEROAGENT_SCHEMA_FILE") ?? "BFCL_v4_live_simple.json"))
        {
            ChatResponse sampled = await AskAsync(client, prompt, schema, false, times);
            ChatResponse forced = await AskAsync(client, prompt, schema, true, times);
            Assert.That(sampled.Usage!.AdditionalCounts!.Values, Has.All.Zero);
            differences.Add(await CompareAsync(model, prompt, schema, sampled, forced));
            Count(sums, sampled, forced);
        }

        TestContext.Out.WriteLine(string.Join(", ", differences.CountBy(d => d)));
        TestContext.Out.WriteLine($"tokens {sums[0]} sampled one by one; {sums[1]} with forcing, of them {sums[2]} forced and {sums[3]} drafted, {sums[4]} drafted in vain; ms {times[0].TotalMilliseconds:F0} and {times[1].TotalMilliseconds:F0} of processor time");
        Assert.That(sums[2], Is.GreaterThan(sums[1] / 5));
        Assert.That(differences.Count(d => d is Difference.OtherText), Is.LessThanOrEqualTo(differences.Count / 10));
    }

    private static async Task<ChatResponse> AskAsync(IChatClient client, string prompt, JsonElement schema, bool fast, TimeSpan[] times)
    {
        ChatOptions options = new()
        {
            MaxOutputTokens = 300,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema),
            RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true, ForcedTokens = fast, DraftTokens = fast ? null : false },
        };

        // The prompt is read and the grammar compiled before either is timed.
        options.MaxOutputTokens = null;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        ChatResponse response = await client.GetResponseAsync(prompt, options);
        times[fast ? 1 : 0] += Environment.CpuUsage.TotalTime - before;
        return response;
    }

    private static void Count(long[] sums, ChatResponse sampled, ChatResponse forced)
    {
        sums[0] += sampled.Usage!.OutputTokenCount!.Value;
        sums[1] += forced.Usage!.OutputTokenCount!.Value;
        sums[2] += forced.Usage.AdditionalCounts![TokenCountNames.Forced];
        sums[3] += forced.Usage.AdditionalCounts[TokenCountNames.Drafted];
        sums[4] += forced.Usage.AdditionalCounts[TokenCountNames.RejectedDraft];
    }

    private static async Task<Difference> CompareAsync(LlamaModel model, string prompt, JsonElement schema, ChatResponse sampled, ChatResponse forced)
    {
        IReadOnlyList<TokenLogprob> a = sampled.GetLogprobs();
        IReadOnlyList<TokenLogprob> b = forced.GetLogprobs();
        int[] expected = [.. a.Select(t => t.TokenId)];
        int[] actual = [.. b.Select(t => t.TokenId)];
        int at = expected.AsSpan().CommonPrefixLength(actual);
        if (at == expected.Length && at == actual.Length)
        {
            return Difference.None;
        }

        int[] context = [.. model.RenderPrompt([new ChatMessage(ChatRole.User, prompt)], new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }).TokenIds, .. expected[..at]];
        float[][] scores = await Requests.ScoreAsync(model, context, [expected[at]], [actual[at]]);
        double gap = scores[0][0] - scores[1][0];
        Difference difference = Math.Abs(gap) < NearTie ? Difference.NearTie : sampled.Text == forced.Text ? Difference.OtherSplit : Difference.OtherText;
        string Around(IReadOnlyList<TokenLogprob> tokens) => string.Join('|', tokens.Skip(Math.Max(0, at - 3)).Take(7).Select(t => (t.IsForced ? "*" : "") + t.Text));
        TestContext.Out.WriteLine($"{difference} at {at}, gap {gap:F2}: {Around(a)}   instead of   {Around(b)}{(sampled.Text == forced.Text ? "  (same text)" : "")}");
        return difference;
    }
}
