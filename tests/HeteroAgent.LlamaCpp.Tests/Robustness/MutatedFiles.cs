using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Damaged copies of a file, each opened in a process that must live to the end.</summary>
internal static class MutatedFiles
{
    /// <summary>Requires each copy to be served or refused with one of the exceptions, and both to happen.</summary>
    internal static async Task RequireServedOrRefusedAsync(Probe probe, TemporaryFolder folder, byte[] file, int count, int seed, TimeSpan limit, params string[] typed)
    {
        GgufMutator mutator = new(seed);
        using CancellationTokenSource end = new(limit);
        Dictionary<string, int> outcomes = [];
        for (int i = 0; i < count; i++)
        {
            string path = folder.File("mutated.gguf", mutator.Mutate(file, i, out string description));
            JsonElement answer;
            try
            {
                answer = await probe.AskAsync(path, end.Token);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException or JsonException)
            {
                Assert.Fail($"Mutation {i} ({description}): {e.Message}");
                return;
            }

            string outcome = answer.TryGetProperty("error", out JsonElement error) ? error.GetString()! : "served";
            Assert.That(outcome, Is.EqualTo("served").Or.AnyOf(typed), $"Mutation {i} ({description}): {answer}");
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        TestContext.Out.WriteLine(string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}")));
        Assert.That(outcomes.GetValueOrDefault("served"), Is.InRange(count / 20, count - (count / 20)), "some faults matter and some do not");
    }
}
