using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>Whatever the verdicts and however the text arrives: what is shown is the steps before the first that fails and then the frontier model's continuation.</summary>
public sealed class StepwiseStreamProperties
{
    private const string Continuation = "from the frontier";

    [Test]
    public void What_is_shown_is_the_verified_prefix_and_the_continuation() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Elements(true, true, true, false).NonEmptyListOf().ToArbitrary(),
            Gen.Choose(1, 9).NonEmptyListOf().ToArbitrary(),
            Gen.Elements(true, false).ToArbitrary(),
            static (verdicts, cuts, breaks) => HoldsAsync([.. verdicts], [.. cuts], breaks).GetAwaiter().GetResult()));

    private static async Task<bool> HoldsAsync(bool[] verdicts, int[] cuts, bool breaks)
    {
        string[] steps = [.. verdicts.Select((passes, i) => $"step {i}{(passes ? "" : " BAD")}{(i % 3 == 0 ? "\n\n" : "\n")}")];
        steps[^1] = steps[^1].TrimEnd();
        string text = string.Concat(steps);
        int fails = Array.FindIndex(verdicts, static v => !v);

        // The local model breaks off in the middle of the last step: that one is never whole.
        int shownSteps = fails >= 0 ? fails : breaks ? steps.Length - 1 : steps.Length;
        bool handedOver = fails >= 0 || breaks;
        string prefix = string.Concat(steps.Take(shownSteps));

        List<string> verified = [];
        ScriptedVerifier verifier = new((trace, i) =>
        {
            bool passes = !trace.Steps[i].Contains("BAD", StringComparison.Ordinal);
            if (passes && i == trace.Steps.Count - 1)
            {
                verified.Add(trace.Steps[i]);
            }

            return passes ? 1 : 0;
        });
        ScriptedChatClient local = new("", "small") { OnStream = (_, _) => Stream(breaks ? text[..^1] : text, cuts, breaks) };
        ScriptedChatClient frontier = new(Continuation, "big");
        using StepwiseEscalatingChatClient client = local.WithStepwiseEscalation(frontier, verifier, EscalateWhen.Faulted);
        StringBuilder shown = new();
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("question"))
        {
            updates.Add(update);
            _ = shown.Append(update.Text);
            bool isLocal = update.GetRoute() is Routes.Local;
            if (isLocal && update.Text.Length > 0 && !verified.Contains(update.Text.Trim()))
            {
                return false;
            }
        }

        ChatResponse response = updates.ToChatResponse();
        UsageDetails usage = response.Usage!;
        long localTokens = usage.AdditionalCounts![UsageCountNames.LocalOutputTokens];
        long frontierTokens = usage.AdditionalCounts.TryGetValue(UsageCountNames.FrontierOutputTokens, out long f) ? f : 0;
        string asked = handedOver ? frontier.Calls.Single().Messages[^1].Text : "";
        return shown.ToString() == prefix + (handedOver ? Continuation : "")
            && response.Text == shown.ToString()
            && response.GetRoute() == (handedOver ? Routes.Frontier : Routes.Local)
            && frontier.Calls.Count == (handedOver ? 1 : 0)
            && (!handedOver || asked.Contains(prefix.TrimEnd(), StringComparison.Ordinal))
            && !asked.Contains("BAD", StringComparison.Ordinal)
            && usage.OutputTokenCount == localTokens + frontierTokens;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Stream(string text, int[] cuts, bool breaks)
    {
        for (int position = 0, i = 0; position < text.Length; i++)
        {
            int length = Math.Min(cuts[i % cuts.Length], text.Length - position);
            if (i % 2 == 0)
            {
                await Task.Yield();
            }

            yield return new(ChatRole.Assistant, text.Substring(position, length)) { MessageId = "m", ResponseId = "r" };
            position += length;
        }

        if (breaks)
        {
            throw new InvalidDataException("broke off");
        }

        yield return new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 40, TotalTokenCount = 50 })]) { MessageId = "m", ResponseId = "r" };
    }
}
