using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Agreement with PyTorch on SmolLM2: prompt text, token ids, greedy tokens, log-probabilities.</summary>
public class GoldenTests
{
    private static IEnumerable<TestCaseData> Conversations()
    {
        if (SharedData.TryFind("models", "goldens", "smollm2.json") is not { } path)
        {
            yield return new TestCaseData(null).SetName("SmolLM2 goldens");
            yield break;
        }

        int i = 0;
        foreach (JsonElement golden in JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray())
        {
            yield return new TestCaseData(golden).SetName($"Conversation {i++} agrees with PyTorch");
        }
    }

    [TestCaseSource(nameof(Conversations))]
    public async Task Conversation_AgreesWithPyTorch(JsonElement? golden)
    {
        // A model of its own: what other tests have left in the prefix cache decides how many tokens are decoded together, and so how sums are rounded.
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        JsonElement expected = golden!.Value;
        List<ChatMessage> messages = [.. expected.GetProperty("messages").EnumerateArray().Select(m => new ChatMessage(new ChatRole(m.GetProperty("role").GetString()!), m.GetProperty("content").GetString()))];
        ChatTemplate template = new(model.Name, model.ChatTemplate);
        List<PromptSegment> segments = template.Render(PromptBuilder.Turns(messages, null, []));
        Assert.That(string.Concat(segments.Select(s => s.Text)), Is.EqualTo(expected.GetProperty("prompt").GetString()));
        List<int> ids = [];
        model.Vocabulary.AppendSegments(segments, ids);
        Assert.That(ids, Is.EqualTo(expected.GetProperty("prompt_ids").EnumerateArray().Select(e => e.GetInt32())));

        int[] greedy = [.. expected.GetProperty("greedy_ids").EnumerateArray().Select(e => e.GetInt32())];
        double[] logprobs = [.. expected.GetProperty("logprobs").EnumerateArray().Select(e => e.GetDouble())];
        double[] margins = [.. expected.GetProperty("margin").EnumerateArray().Select(e => e.GetDouble())];
        using IChatClient client = model.AsIChatClient();
        ChatResponse response = await client.GetResponseAsync(messages, new ChatOptions { MaxOutputTokens = greedy.Length, RawRepresentationFactory = _ => new LlamaSamplingOptions { Logprobs = true } });
        IReadOnlyList<TokenLogprob> tokens = response.GetLogprobs();
        Assert.That(tokens, Has.Count.GreaterThan(0));

        // Quantised arithmetic differs a little: at a near-tie the texts may part, and nothing behind it can be compared. Log-probabilities
        // differ by up to 0.16 below, which moves two tokens of a probability near 0.5 by 0.08.
        const double NearTie = 0.08;
        int compared = 0;
        while (compared < Math.Min(greedy.Length, tokens.Count) && (tokens[compared].TokenId == greedy[compared] || margins[compared] >= NearTie))
        {
            Assert.That(tokens[compared].TokenId, Is.EqualTo(greedy[compared]), $"token {compared}");
            Assert.That(tokens[compared].Logprob, Is.EqualTo(logprobs[compared]).Within(0.25), $"token {compared}");
            compared++;
        }

        // Told to write PyTorch's tokens, the model must give each of them PyTorch's probability.
        GenerationRequest scoring = new([.. ids], CancellationToken.None) { Choices = [greedy] };
        model.Scheduler.Submit(scoring);
        await scoring.Output.Completion;
        double[] differences = [.. scoring.ChoiceScores![0].Select((l, i) => Math.Abs(l - logprobs[i]))];
        TestContext.Out.WriteLine($"{compared} of {greedy.Length} tokens compared; log-probabilities differ by {differences.Average():F3} in the mean, {differences.Max():F3} at most");
        Assert.That(differences.Average(), Is.LessThan(0.06));
        Assert.That(differences.Max(), Is.LessThan(0.25));
    }
}
