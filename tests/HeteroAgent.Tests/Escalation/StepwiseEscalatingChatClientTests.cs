using System.Diagnostics;
using System.Runtime.CompilerServices;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class StepwiseEscalatingChatClientTests
{
    private const string Flawed = "There are 12 boxes.\n\n12 x 7 = 94 WRONG\n\nSo 94.";

    private static readonly ChatMessage[] Question = [new(ChatRole.User, "How many?")];

    [Test]
    public async Task An_answer_whose_steps_pass_is_kept_and_scored_to_its_end([Values] bool streaming)
    {
        ScriptedVerifier verifier = new();
        ScriptedChatClient frontier = Frontier("never");
        ChatResponse response = await AskAsync(Local("one\n\ntwo\n").WithStepwiseEscalation(frontier, verifier), streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo("one\n\ntwo\n"));
            Assert.That(response.GetRoute(), Is.EqualTo(Routes.Local));
            Assert.That(response.GetVerification()!.Steps, Has.Count.EqualTo(2));
            Assert.That(frontier.Calls, Is.Empty);
            Assert.That(verifier.Traces.Select(static t => (string.Join('|', t.Steps), t.IsComplete)), Is.EqualTo(((string, bool)[])[("one", false), ("one|two", true)]));
            Assert.That(response.Usage!.OutputTokenCount, Is.EqualTo(5));
            Assert.That(response.Usage.AdditionalCounts![UsageCountNames.LocalOutputTokens], Is.EqualTo(5));
        }
    }

    [Test]
    public async Task A_failing_step_is_handed_over_with_what_was_shown([Values] bool streaming)
    {
        ScriptedChatClient frontier = Frontier("12 x 7 = 84.\n\nSo 84.");
        ChatResponse response = await AskAsync(Local(Flawed).WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG")), streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo("There are 12 boxes.\n\n12 x 7 = 84.\n\nSo 84."));
            Assert.That(response.Messages, Has.Count.EqualTo(1));
            Assert.That(response.GetRoute(), Is.EqualTo(Routes.Frontier));
            Assert.That(response.GetEscalationReason(), Is.EqualTo("step_rejected"));
            Assert.That(response.GetEscalation()!.Detail, Is.EqualTo("step 2 scored 0; step 2: does not hold"));
            Assert.That(response.GetEscalation()!.PrefixSteps, Is.EqualTo(1));
            Assert.That(response.GetEscalation()!.PrefixLength, Is.EqualTo("There are 12 boxes.\n\n".Length));
            Assert.That(response.GetVerification(), Is.Null, "what the frontier model wrote was not scored");
            Assert.That(response.ModelId, Is.EqualTo("big"));
        }

        ChatMessage asked = frontier.Calls.Single().Messages.Single();
        Assert.That(asked.Role, Is.EqualTo(ChatRole.User));
        Assert.That(asked.Text, Does.StartWith("How many?\n\n").And.Contain("<begun>\nThere are 12 boxes.\n</begun>").And.Not.Contain("94"));
        Assert.That(Question[0].Contents, Has.Count.EqualTo(1), "the caller's message is as it was");
    }

    [Test]
    public async Task An_assistant_message_can_carry_the_prefix()
    {
        ScriptedChatClient frontier = Frontier("84");
        StepwiseEscalatingChatClient client = Local(Flawed).WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG"));
        client.PrefixPlacement = PrefixPlacement.AssistantMessage;
        _ = await client.GetResponseAsync(Question);
        Assert.That(frontier.Calls[0].Messages.Select(static m => (m.Role, m.Text)), Is.EqualTo(((ChatRole, string)[])[(ChatRole.User, "How many?"), (ChatRole.Assistant, "There are 12 boxes.")]));
    }

    [Test]
    public async Task Nothing_shown_means_the_frontier_model_is_asked_as_if_it_were_the_first([Values] bool streaming)
    {
        ScriptedChatClient frontier = Frontier("84");
        ChatResponse response = await AskAsync(Local("WRONG\nfrom the start").WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG")), streaming);
        Assert.That(response.Text, Is.EqualTo("84"));
        Assert.That(frontier.Calls[0].Messages.Single().Text, Is.EqualTo("How many?"));
    }

    [Test]
    public async Task A_repeated_prefix_is_dropped([Values] bool streaming)
    {
        ScriptedChatClient frontier = Frontier("");
        frontier.OnStream = (_, _) => Stream(["There are ", "12 boxes.", "\n", "\n12 x 7 = 84."], frontier.ModelId);
        ChatResponse response = await AskAsync(Local(Flawed).WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG")), streaming);
        Assert.That(response.Text, Is.EqualTo("There are 12 boxes.\n\n12 x 7 = 84."));
    }

    [TestCase("There are 12 boxes. And more.", "There are 12 boxes. And more.")]
    [TestCase("There", "There")]
    [TestCase("There are 12 boxes.\n", "")]
    [TestCase("\n\n 84", "84")]
    public async Task What_only_looks_like_a_repetition_is_shown(string continuation, string shown)
    {
        ScriptedChatClient frontier = Frontier("");
        frontier.OnStream = (_, _) => Stream(continuation.Select(static c => c.ToString()), frontier.ModelId);
        ChatResponse response = await AskAsync(Local(Flawed).WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG")), streaming: true);
        Assert.That(response.Text, Is.EqualTo("There are 12 boxes.\n\n" + shown));
    }

    [Test]
    public async Task The_local_model_is_stopped_at_the_failing_step_and_counted_by_what_it_sent()
    {
        bool stopped = false;
        int sent = 0;
        ScriptedChatClient local = new("", "small")
        {
            OnStream = (_, token) => Produce(token),
        };
        async IAsyncEnumerable<ChatResponseUpdate> Produce([EnumeratorCancellation] CancellationToken token)
        {
            try
            {
                foreach (string text in new[] { "one", "\n", "WRONG", "\n", "three", "\n", "four", "\n" })
                {
                    sent++;
                    yield return new(ChatRole.Assistant, text) { MessageId = "m", ResponseId = "r" };
                    await Task.Yield();
                }
            }
            finally
            {
                stopped = token.IsCancellationRequested;
            }
        }

        ScriptedChatClient frontier = Frontier("two", input: 20, output: 2);
        ChatResponse response = await AskAsync(local.WithStepwiseEscalation(frontier, new ScriptedVerifier("WRONG")), streaming: true);
        AdditionalPropertiesDictionary<long> counts = response.Usage!.AdditionalCounts!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo("one\ntwo"));
            Assert.That(stopped);
            Assert.That(sent, Is.EqualTo(5), "the first character of the third step ends the second");
            Assert.That(counts[UsageCountNames.LocalOutputTokens], Is.EqualTo(5));
            Assert.That(counts[UsageCountNames.DiscardedOutputTokens], Is.EqualTo(5 * 11 / 15));
            Assert.That(counts[UsageCountNames.DiscardedCalls], Is.EqualTo(1));
            Assert.That(counts[UsageCountNames.FrontierOutputTokens], Is.EqualTo(2));
            Assert.That(response.Usage.OutputTokenCount, Is.EqualTo(7));
            Assert.That(response.Usage.InputTokenCount, Is.EqualTo(20));
        }
    }

    [Test]
    public async Task A_local_call_that_failed_before_it_wrote_anything_is_not_counted()
    {
        ScriptedChatClient local = new("", "small");
        _ = local.ThenThrow(new ContextOverflowException(9, 8));
        ChatResponse response = await local.WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier(), EscalateWhen.ContextOverflow).GetResponseAsync(Question);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("84", "context_overflow")));
        Assert.That(response.Usage!.AdditionalCounts!.ContainsKey(UsageCountNames.LocalCalls), Is.False);
    }

    [Test]
    public async Task The_ledger_counts_what_was_shown_as_saved([Values] bool streaming)
    {
        // The whole local answer arrives with its usage, 10 tokens in and 60 out, before its last step is handed over.
        Ledger ledger = new(frontierModel: "claude-sonnet-4-5");
        ScriptedChatClient local = new("", "small");
        _ = local.Then(local.Answer("a".PadRight(49) + "\n" + "b".PadRight(10, 'b'), input: 10, output: 60, finish: ChatFinishReason.Length));
        ScriptedChatClient frontier = new("", "claude-sonnet-4-5") { Metadata = new("scripted", null, "claude-sonnet-4-5") };
        _ = frontier.Then(frontier.Answer("the rest", input: 100, output: 20));
        LedgerChatClient client = local.WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Truncated).WithLedger(ledger);
        _ = streaming ? await client.GetStreamingResponseAsync(Question).ToChatResponseAsync() : await client.GetResponseAsync(Question);
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        ModelPrice price = ledger.Prices.GetPrice("claude-sonnet-4-5");
        Assert.That(snapshot.Cost, Is.EqualTo(price.Cost(100, 20)));
        Assert.That(snapshot.FrontierOnlyCost, Is.EqualTo(price.Cost(100, 70)), "50 of the 60 characters were shown, and 50 tokens of the frontier model's were saved");
        Assert.That((snapshot.LocalCalls, snapshot.FrontierCalls, snapshot.UnmeasuredCalls), Is.EqualTo((0L, 1L, 0L)));
    }

    [Test]
    public async Task Each_update_says_who_speaks()
    {
        List<ChatResponseUpdate> updates = await Local(Flawed).WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier("WRONG")).GetStreamingResponseAsync(Question).ToListAsync();
        Assert.That(updates.Where(static u => u.Text.Length > 0).Select(static u => (u.Text, u.GetRoute())),
            Is.EqualTo(((string, string?)[])[("There are 12 boxes.\n\n", Routes.Local), ("84", Routes.Frontier)]));
        Assert.That(updates.Select(static u => u.MessageId).OfType<string>().Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_failure_in_the_middle_of_a_step_reaches_the_caller_by_default([Values] bool streaming)
    {
        StepwiseEscalatingChatClient client = Failing("one\ntw").WithStepwiseEscalation(Frontier("never"), new ScriptedVerifier());
        Assert.That(async () => await AskAsync(client, streaming), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public async Task A_failure_that_the_policy_claims_is_handed_over([Values] bool streaming)
    {
        ScriptedChatClient frontier = Frontier("two");
        ChatResponse response = await AskAsync(Failing("one\n").WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Faulted), streaming);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("two", "faulted")), "the step was not shown yet: nothing had followed it");
    }

    [Test]
    public async Task A_failure_after_a_shown_step_keeps_that_step([Values] bool streaming)
    {
        ChatResponse response = await AskAsync(Failing("one\n", "tw").WithStepwiseEscalation(Frontier("two"), new ScriptedVerifier(), EscalateWhen.Faulted), streaming);
        Assert.That(response.Text, Is.EqualTo("one\ntwo"));
    }

    [Test]
    public void A_failing_verifier_shows_nothing_more()
    {
        StepwiseEscalatingChatClient client = Local("one\ntwo\nthree").WithStepwiseEscalation(Frontier("never"), new ScriptedVerifier(static (t, _) => t.Steps.Count > 1 ? throw new InvalidDataException() : 1));
        List<string> shown = [];
        Assert.That(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question))
            {
                shown.Add(update.Text);
            }
        }, Throws.InstanceOf<InvalidDataException>());
        Assert.That(shown, Is.EqualTo((string[])["one\n"]));
    }

    [Test]
    public async Task An_answer_that_was_cut_off_is_finished_by_the_frontier_model([Values] bool streaming)
    {
        ScriptedChatClient local = new("", "small");
        _ = local.Then(local.Answer("one\ntw", finish: ChatFinishReason.Length));
        ChatResponse response = await AskAsync(local.WithStepwiseEscalation(Frontier("two"), new ScriptedVerifier(), EscalateWhen.Truncated), streaming);
        Assert.That((response.Text, response.GetEscalationReason(), response.FinishReason), Is.EqualTo(("one\ntwo", "truncated", ChatFinishReason.Stop)));
    }

    [Test]
    public async Task Tool_calls_come_last_and_only_if_the_text_before_them_passed([Values] bool streaming, [Values] bool passes)
    {
        ScriptedChatClient local = new("", "small");
        _ = local.Then(local.Answer([new FunctionCallContent("1", "stock"), new TextContent(passes ? "fine\nI look." : "fine\nWRONG")]));
        ScriptedVerifier verifier = new("WRONG");
        ChatResponse response = await AskAsync(local.WithStepwiseEscalation(Frontier("84"), verifier), streaming);
        Assert.That(response.Messages[0].Contents.OfType<FunctionCallContent>().Count(), Is.EqualTo(passes ? 1 : 0));
        Assert.That(response.Text, Is.EqualTo(passes ? "fine\nI look." : "fine\n84"));
        Assert.That(verifier.Traces.Select(static t => t.IsComplete), Is.All.False, "the answer goes on after the call");
    }

    [Test]
    public async Task A_call_alone_passes_as_a_unit([Values] bool streaming)
    {
        ScriptedChatClient local = new("", "small");
        _ = local.Then(local.Answer([new FunctionCallContent("1", "stock")]));
        ChatResponse response = await AskAsync(local.WithStepwiseEscalation(Frontier("never"), new ScriptedVerifier("WRONG")), streaming);
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
        Assert.That(response.IsVerificationAbstained(), Is.True);
    }

    [Test]
    public async Task Json_is_one_step([Values] bool passes)
    {
        string json = passes ? "{\n\"a\": 1\n}" : "{\n\"a\": \"WRONG\"\n}";
        List<ChatResponseUpdate> updates = await Local(json).WithStepwiseEscalation(Frontier("{}"), new ScriptedVerifier("WRONG"))
            .GetStreamingResponseAsync(Question, new() { ResponseFormat = ChatResponseFormat.Json }).ToListAsync();
        Assert.That(updates.Where(static u => u.Text.Length > 0).Select(static u => u.Text), Is.EqualTo((string[])[passes ? json : "{}"]));
    }

    [Test]
    public async Task Reasoning_is_shown_with_the_step_that_follows_it([Values] bool passes)
    {
        ScriptedChatClient local = new("", "small");
        _ = local.Then(local.Answer([new TextReasoningContent("hm"), new TextContent(passes ? "one" : "WRONG")]));
        ChatResponse response = await AskAsync(local.WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier("WRONG")), streaming: true);
        Assert.That(response.Messages[0].Contents.OfType<TextReasoningContent>().Any(), Is.EqualTo(passes));
    }

    [Test]
    public async Task What_the_verifier_does_not_judge_is_handed_over_unless_told_otherwise([Values] bool escalate)
    {
        StepwiseEscalatingChatClient client = Local("one\ntwo").WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier { Abstains = true });
        client.EscalateAbstained = escalate;
        ChatResponse response = await client.GetResponseAsync(Question);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(escalate ? ("84", "verification_abstained") : ("one\ntwo", (string?)null)));
    }

    [Test]
    public async Task An_empty_answer_does_not_pass()
    {
        ChatResponse response = await Local(" ").WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier()).GetResponseAsync(Question);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("84", "verification_unknown")));
    }

    [Test]
    public async Task The_least_score_can_be_set()
    {
        StepwiseEscalatingChatClient client = Local("one\ntwo").WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier(static (_, i) => i == 0 ? 0.9 : 0.7));
        client.MinStepScore = 0.8;
        ChatResponse response = await client.GetResponseAsync(Question);
        Assert.That(response.Text, Is.EqualTo("one\n84"));
        Assert.That(response.GetEscalation()!.Detail, Is.EqualTo("step 2 scored 0.7 < 0.8"));
        Assert.That(() => client.MinStepScore = double.NaN, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task At_a_limit_the_local_answer_goes_on_and_says_so([Values] bool streaming)
    {
        ScriptedVerifier verifier = new("WRONG");
        StepwiseEscalatingChatClient client = new ScriptedChatClient(Flawed, "small").WithStepwiseEscalation(Frontier("84"), verifier, limits: new() { CallsPerMinute = 1 });
        _ = await AskAsync(client, streaming);
        ChatResponse response = await AskAsync(client, streaming);
        Assert.That((response.Text, response.GetRoute(), response.GetWithheldEscalationReason()), Is.EqualTo((Flawed, Routes.Local, "step_rejected")));
        Assert.That(verifier.Traces, Has.Count.EqualTo(4), "nothing is verified once the answer is kept anyway");
        Assert.That(response.GetVerification()!.FirstError, Is.EqualTo(1));
    }

    [Test]
    public async Task At_a_limit_the_call_can_end_instead()
    {
        StepwiseEscalatingChatClient client = new ScriptedChatClient(Flawed, "small").WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier("WRONG"), limits: new() { CallsPerMinute = 1, WhenReached = EscalationLimitBehavior.Throw });
        _ = await client.GetResponseAsync(Question);
        Assert.That(async () => await client.GetResponseAsync(Question), Throws.InstanceOf<EscalationLimitException>().With.Property("Reason").EqualTo("step_rejected"));
    }

    [Test]
    public void A_limit_in_dollars_needs_a_price() => Assert.That(
        async () => await Local(Flawed).WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier("WRONG"), limits: new() { DollarsPerDay = 1 }).GetResponseAsync(Question),
        Throws.InstanceOf<UnpricedModelException>());

    [Test]
    public void A_conversation_kept_by_one_provider_is_refused() => Assert.That(
        async () => await Local("x").WithStepwiseEscalation(Frontier("y"), new ScriptedVerifier()).GetResponseAsync(Question, new() { ConversationId = "c" }),
        Throws.InstanceOf<ProviderStateException>());

    [Test]
    public async Task Cancellation_in_the_middle_of_a_step_stops_the_local_model_and_is_not_handed_over()
    {
        using CancellationTokenSource cancel = new();
        bool ended = false;
        ScriptedChatClient local = new("", "small") { OnStream = (_, token) => Hang(token) };
        async IAsyncEnumerable<ChatResponseUpdate> Hang([EnumeratorCancellation] CancellationToken token)
        {
            try
            {
                yield return new(ChatRole.Assistant, "one\ntw");
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended = true;
            }
        }

        ScriptedChatClient frontier = Frontier("never");
        List<string> shown = [];
        Assert.That(async () =>
        {
            await foreach (ChatResponseUpdate update in local.WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Faulted).GetStreamingResponseAsync(Question, null, cancel.Token))
            {
                shown.Add(update.Text);
                await cancel.CancelAsync();
            }
        }, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((shown, ended, frontier.Calls.Count), Is.EqualTo((new List<string> { "one\n" }, true, 0)).Using<(List<string>, bool, int)>(static (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2 && a.Item3 == b.Item3));
    }

    [Test]
    public async Task An_abandoned_stream_stops_the_local_model()
    {
        bool ended = false;
        ScriptedChatClient local = new("", "small") { OnStream = (_, _) => Endless() };
        async IAsyncEnumerable<ChatResponseUpdate> Endless()
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    yield return new(ChatRole.Assistant, "more\n");
                }
            }
            finally
            {
                ended = true;
            }
        }

        await foreach (ChatResponseUpdate update in local.WithStepwiseEscalation(Frontier("never"), new ScriptedVerifier()).GetStreamingResponseAsync(Question))
        {
            break;
        }

        Assert.That(ended);
    }

    [Test]
    public async Task The_callers_activity_is_the_current_one_after_each_update()
    {
        using Activity outer = new Activity("outer").Start();
        await foreach (ChatResponseUpdate update in Local(Flawed).WithStepwiseEscalation(Frontier("84"), new ScriptedVerifier("WRONG")).GetStreamingResponseAsync(Question))
        {
            Assert.That(Activity.Current, Is.SameAs(outer));
            using Activity inner = new Activity("inner").Start();
            Activity.Current = inner;
            Activity.Current = outer;
        }

        Assert.That(outer.GetTagItem(HeteroAgentTelemetry.EscalationReasonTag), Is.EqualTo("step_rejected"));
    }

    private static ScriptedChatClient Local(string text) => new(text, "small");

    private static ScriptedChatClient Frontier(string text, long input = 7, long output = 3)
    {
        ScriptedChatClient frontier = new("", "big") { Metadata = new("scripted", null, "big") };
        frontier.OnResponse = (_, _) => Task.FromResult(frontier.Answer(text, input: input, output: output));
        return frontier;
    }

    private static ScriptedChatClient Failing(params string[] chunks)
    {
        ScriptedChatClient local = new("", "small");
        local.OnStream = (_, _) => Stream(chunks, "small", new InvalidDataException("broken"));
        return local;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Stream(IEnumerable<string> chunks, string model, Exception? failure = null)
    {
        foreach (string chunk in chunks)
        {
            await Task.Yield();
            yield return new(ChatRole.Assistant, chunk) { ModelId = model, MessageId = model, ResponseId = model };
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private static Task<ChatResponse> AskAsync(StepwiseEscalatingChatClient client, bool streaming) =>
        streaming ? client.GetStreamingResponseAsync(Question).ToChatResponseAsync() : client.GetResponseAsync(Question);
}
