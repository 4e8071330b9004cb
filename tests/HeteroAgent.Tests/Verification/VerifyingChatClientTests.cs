using System.Diagnostics;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class VerifyingChatClientTests
{
    private const string Steps = "12 boxes of 7 hold 94 WRONG\n\nSo the answer is 94.";

    private static readonly ChatMessage[] Question = [new(ChatRole.System, "The shop sells boxes."), new(ChatRole.User, "How many?")];

    [Test]
    public async Task Scores_stand_on_the_response_and_on_its_last_message([Values] bool streaming)
    {
        using VerifyingChatClient client = new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier("WRONG"));
        ChatResponse response = await AskAsync(client, streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo(Steps));
            foreach (AdditionalPropertiesDictionary properties in new[] { response.AdditionalProperties!, response.Messages[^1].AdditionalProperties! })
            {
                Assert.That(VerificationRecord.From(properties)!.Result!.IsFlawed, Is.True);
            }

            Assert.That(response.Messages[^1].GetVerification(), Is.EqualTo(response.GetVerification()));
        }

        VerificationResult result = response.GetVerification()!;
        Assert.That(result.Steps, Is.EqualTo((StepScore[])[new(0, 0), new(1, 1)]));
        Assert.That(result.Reasons, Is.EqualTo((StepReason[])[new(0, "step 1: does not hold")]));
        Assert.That((result.FirstError, result.IntegrityScore, result.Domain, result.IsAbstained), Is.EqualTo((0, 0.5, "scripted", false)));
    }

    [Test]
    public async Task The_trace_holds_question_steps_and_context()
    {
        ScriptedVerifier verifier = new();
        TextContent cited = new(Steps) { Annotations = [new CitationAnnotation { Snippet = "A box holds 7." }] };
        ScriptedChatClient local = new();
        using VerifyingChatClient client = local.Then(local.Answer([cited])).WithVerification(verifier);
        _ = await client.GetResponseAsync(
        [
            new(ChatRole.System, "The shop sells boxes."),
            new(ChatRole.User, "Hello, I am 40."),
            new(ChatRole.Assistant, "There are 1000 boxes."),
            new(ChatRole.Tool, [new FunctionResultContent("1", "stock: 12")]),
            new(ChatRole.User, "How many?"),
        ]);
        ReasoningTrace trace = verifier.Traces.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Question, Is.EqualTo("How many?"));
            Assert.That(trace.Steps, Is.EqualTo((string[])["12 boxes of 7 hold 94 WRONG", "So the answer is 94."]));
            Assert.That(trace.Context, Is.EqualTo((string[])["A box holds 7.", "The shop sells boxes.", "Hello, I am 40.", "stock: 12"]), "what the model said itself grounds nothing");
            Assert.That(trace.IsComplete);
        }
    }

    [Test]
    public async Task Retrieved_passages_are_context_on_whichever_side_retrieval_stands([Values] bool outside)
    {
        ScriptedVerifier verifier = new();
        IChatClient local = new ScriptedChatClient("A box holds 7 [1].");
        OneDocument documents = new();
        using IChatClient client = outside ? local.WithVerification(verifier).WithRetrieval(documents) : local.WithRetrieval(documents).WithVerification(verifier);
        _ = await client.GetResponseAsync(Question);
        ReasoningTrace trace = verifier.Traces.Single();
        Assert.That(trace.Question, Is.EqualTo("How many?"));
        Assert.That(trace.Context, Has.Some.Contains("A box holds 7 cups."));
    }

    [Test]
    public async Task Each_step_gets_its_own_tokens()
    {
        ScriptedVerifier verifier = new();
        ScriptedChatClient local = new();
        ChatResponse answer = local.Answer("2 + 2 = 4\nSo é.");
        (answer.AdditionalProperties ??= []).SetLogprobs(Tokens("2", " +", " 2 = ", "4\n", "So", " \uFFFD", "\uFFFD", ".", "<end>"));
        using VerifyingChatClient client = local.Then(answer).WithVerification(verifier);
        _ = await client.GetResponseAsync(Question);
        Assert.That(verifier.Traces[0].Logprobs.Select(static s => string.Join('|', s.Select(static t => t.Text))),
            Is.EqualTo((string[])["2| +| 2 = |4\n", "So| \uFFFD|\uFFFD|.|<end>"]).Or.EqualTo((string[])["2| +| 2 = |4\n", "So| \uFFFD|\uFFFD|."]));
    }

    [Test]
    public async Task An_answer_that_only_calls_a_tool_is_marked_as_not_judged([Values] bool streaming)
    {
        ScriptedChatClient local = new();
        ScriptedVerifier verifier = new();
        using VerifyingChatClient client = local.Then(local.Answer([new FunctionCallContent("1", "stock")])).WithVerification(verifier);
        ChatResponse response = await AskAsync(client, streaming);
        Assert.That(verifier.Traces, Is.Empty);
        Assert.That(response.GetVerification(), Is.Null);
        Assert.That(response.IsVerificationAbstained(), Is.True);
        Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.7), response), Is.Null);
        Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.7, escalateAbstained: true), response), Is.EqualTo("verification_abstained"));
    }

    [Test]
    public async Task Structured_output_is_one_step()
    {
        ScriptedVerifier verifier = new();
        using VerifyingChatClient client = new ScriptedChatClient("{\n\"a\": 1\n}").WithVerification(verifier);
        _ = await client.GetResponseAsync(Question, new() { ResponseFormat = ChatResponseFormat.Json });
        Assert.That(verifier.Traces[0].Steps, Is.EqualTo((string[])["{\n\"a\": 1\n}"]));
    }

    [Test]
    public void A_failing_verifier_lets_nothing_pass([Values] bool streaming)
    {
        using VerifyingChatClient client = new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier(static (_, _) => throw new InvalidDataException("broken")));
        Assert.That(async () => await AskAsync(client, streaming), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void A_result_for_other_steps_is_refused()
    {
        using VerifyingChatClient client = new ScriptedChatClient(Steps).WithVerification(new OneScoreVerifier());
        Assert.That(async () => await client.GetResponseAsync(Question), Throws.InvalidOperationException.With.Message.Contains("1 scores for 2 steps"));
    }

    [Test]
    public async Task The_policies_read_the_score()
    {
        ChatResponse response = await AskAsync(new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier("WRONG")), streaming: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.5), response), Is.Null, "equal is kept");
            Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.51), response), Is.EqualTo("score_below"));
            Assert.That(await DecideAsync(EscalateWhen.Flawed, response), Is.EqualTo("flawed"));
            Assert.That(await DecideAsync(EscalateWhen.ErrorFound, response), Is.EqualTo("error_found"));
            Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.5), new ChatResponse(new ChatMessage(ChatRole.Assistant, "x"))), Is.EqualTo("verification_unknown"));
            Assert.That(await EscalateWhen.ScoreBelow(0.7).EvaluateAsync(new(Question, null, new InvalidDataException())), Is.EqualTo(EscalationDecision.Keep), "a failure is not its business");
            Assert.That(() => EscalateWhen.ScoreBelow(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ActualValue").NaN);
        }

        EscalationDecision decision = await EscalateWhen.ScoreBelow(0.7).EvaluateAsync(new(Question, null, response));
        Assert.That(decision.Detail, Is.EqualTo("0.5 < 0.7; step 1: does not hold"));
    }

    [Test]
    public async Task An_abstention_keeps_the_answer_unless_it_should_fail_closed()
    {
        ChatResponse response = await AskAsync(new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier("WRONG") { Abstains = true }), streaming: false);
        Assert.That(response.GetVerification()!.IsAbstained);
        Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.9) | EscalateWhen.Flawed | EscalateWhen.ErrorFound, response), Is.Null);
        Assert.That(await DecideAsync(EscalateWhen.ScoreBelow(0.9, escalateAbstained: true), response), Is.EqualTo("verification_abstained"));
    }

    [Test]
    public async Task The_span_gets_the_evaluation_and_no_text_of_the_call([Values] bool sensitive)
    {
        using ActivityListener listener = new() { ShouldListenTo = static s => s.Name == "tests.verification", Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using ActivitySource source = new("tests.verification");
        using Activity activity = source.StartActivity("chat")!;
        VerifyingChatClient client = new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier("WRONG"));
        client.EnableSensitiveData = sensitive;
        _ = await client.GetResponseAsync(Question);
        ActivityEvent evaluation = activity.Events.Single();
        Dictionary<string, object?> tags = evaluation.Tags.ToDictionary();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(evaluation.Name, Is.EqualTo("gen_ai.evaluation.result"));
            Assert.That(tags["gen_ai.evaluation.score.value"], Is.EqualTo(0.5));
            Assert.That(tags["gen_ai.evaluation.score.label"], Is.EqualTo("flawed"));
            Assert.That(tags.ContainsKey("gen_ai.response.id"));
            Assert.That(tags.ContainsKey("gen_ai.evaluation.explanation"), Is.EqualTo(sensitive));
            Assert.That(activity.GetTagItem("heteroagent.verification.score"), Is.EqualTo(0.5));
        }
    }

    [Test]
    public async Task A_builder_finds_the_registered_verifier([Values(null, "key")] string? key)
    {
        ScriptedVerifier verifier = new();
        using ServiceProvider services = new ServiceCollection().AddSingleton<IProcessVerifier>(verifier).AddKeyedSingleton<IProcessVerifier>("key", verifier).BuildServiceProvider();
        using IChatClient client = new ScriptedChatClient().AsBuilder().UseVerification(verifierKey: key).Build(services);
        _ = await client.GetResponseAsync("hello");
        Assert.That(verifier.Traces, Has.Count.EqualTo(1));
        Assert.That(client.GetService<IProcessVerifier>(), Is.SameAs(verifier));
    }

    [Test]
    public async Task An_escalated_answer_names_the_wrong_step_as_the_reason([Values] bool streaming)
    {
        using IChatClient client = new ScriptedChatClient(Steps).WithVerification(new ScriptedVerifier("WRONG")).WithEscalation(new ScriptedChatClient("84"), EscalateWhen.ScoreBelow(0.7));
        ChatResponse response = await AskAsync(client, streaming);
        Assert.That((response.Text, response.GetEscalationReason()), Is.EqualTo(("84", "score_below")));
        Assert.That(response.GetEscalation()!.Detail, Does.Contain("step 1: does not hold"));
        Assert.That(response.GetVerification(), Is.Null, "the frontier model's answer was not scored");
    }

    private static TokenLogprob[] Tokens(params string[] texts) => [.. texts.Select(static (t, i) => new TokenLogprob(i, t, -0.1))];

    private static async Task<string?> DecideAsync(EscalationPolicy policy, ChatResponse response) => (await policy.EvaluateAsync(new(Question, null, response))).Reason;

    private static Task<ChatResponse> AskAsync(IChatClient client, bool streaming) =>
        streaming ? client.GetStreamingResponseAsync(Question).ToChatResponseAsync() : client.GetResponseAsync(Question);

    private sealed class OneDocument : IRetriever
    {
        public ValueTask<IReadOnlyList<RetrievedPassage>> RetrieveAsync(string query, RetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
            new([new RetrievedPassage("boxes", "Boxes", "A box holds 7 cups.", 1)]);
    }

    private sealed class OneScoreVerifier : IProcessVerifier
    {
        public ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default) => new(new VerificationResult([new(0, 1)], -1, []));
    }
}
