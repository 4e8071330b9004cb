using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Damaged models through the whole engine: native code opens those that the reader lets through, in a process that must live to the end.</summary>
public sealed class MutationTests
{
    private static readonly string[] Typed =
    [
        nameof(GgufException), nameof(LlamaModelException), nameof(ExtractionException), nameof(UnsupportedChatTemplateException), nameof(ContextOverflowException),
    ];

    [TestCase("stories260K.gguf", "chat", 1000)]
    [TestCase("starter/snips.gguf", "extract", 300)]
    public async Task Mutated_models_are_served_or_refused(string model, string mode, int count)
    {
        byte[] file = await File.ReadAllBytesAsync(SharedData.Require(["models", .. model.Split('/')]));
        GgufMutator mutator = new(seed: 20);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));
        using TemporaryFolder folder = new();
        using Probe probe = new(mode);
        Dictionary<string, int> outcomes = [];
        for (int i = 0; i < count; i++)
        {
            string path = folder.File("mutated.gguf", mutator.Mutate(file, i, out string description));
            JsonElement answer;
            try
            {
                answer = await probe.AskAsync(path, limit.Token);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
            {
                Assert.Fail($"Mutation {i} ({description}): {e.Message}");
                return;
            }

            string outcome = answer.TryGetProperty("error", out JsonElement error) ? error.GetString()! : "served";
            Assert.That(outcome, Is.EqualTo("served").Or.AnyOf(Typed), $"Mutation {i} ({description}): {answer}");
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        TestContext.Out.WriteLine(string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}")));
        Assert.That(outcomes.GetValueOrDefault("served"), Is.InRange(count / 20, count - (count / 20)), "some faults matter and some do not");
    }
}
