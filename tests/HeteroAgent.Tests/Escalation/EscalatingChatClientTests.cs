using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class EscalatingChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "How far is the moon?")];

    private ScriptedChatClient _local = null!;
    private ScriptedChatClient _frontier = null!;

    [SetUp]
    public void Create()
    {
        _local = new("local answer", "small");
        _frontier = new("frontier answer", "big") { Metadata = new("scripted", null, "big") };
    }

    [TearDown]
    public void Dispose()
    {
        _local.Dispose();
        _frontier.Dispose();
    }

    [Test]
    public async Task A_trusted_answer_is_kept([Values] bool streaming)
    {
        _ = _local.Then(_local.Answer("384,400 km", new Confidence(-0.05, -0.1, 4)));
        ChatResponse response = await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.ConfidenceBelow(0.5)), streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo("384,400 km"));
            Assert.That(response.GetRoute(), Is.EqualTo(Routes.Local));
            Assert.That(response.GetEscalationReason(), Is.Null);
            Assert.That(response.GetConfidence(), Is.EqualTo(new Confidence(-0.05, -0.1, 4)));
            Assert.That(response.ModelId, Is.EqualTo("small"));
            Assert.That(_frontier.Calls, Is.Empty);
            Assert.That(Count(response, UsageCountNames.LocalInputTokens), Is.EqualTo(10));
            Assert.That(Count(response, UsageCountNames.LocalCalls), Is.EqualTo(1));
            Assert.That(response.Usage!.AdditionalCounts!.ContainsKey(UsageCountNames.FrontierCalls), Is.False);
        }
    }

    [Test]
    public async Task A_doubtful_answer_is_replaced_and_the_record_says_why([Values] bool streaming)
    {
        _ = _local.Then(_local.Answer("cheese", new Confidence(-2, -4, 4), input: 10, output: 5));
        _ = _frontier.Then(_frontier.Answer("384,400 km", input: 7, output: 3));
        ChatResponse response = await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.ConfidenceBelow(0.5)), streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Text, Is.EqualTo("384,400 km"));
            Assert.That(response.GetRoute(), Is.EqualTo(Routes.Frontier));
            Assert.That(response.GetEscalationReason(), Is.EqualTo("confidence_below"));
            Assert.That(response.GetConfidence(), Is.EqualTo(new Confidence(-2, -4, 4)), "the draft's");
            Assert.That(response.ModelId, Is.EqualTo("big"));
            Assert.That(response.Usage!.InputTokenCount, Is.EqualTo(17));
            Assert.That(response.Usage.OutputTokenCount, Is.EqualTo(8));
            Assert.That(Count(response, UsageCountNames.LocalInputTokens), Is.EqualTo(10));
            Assert.That(Count(response, UsageCountNames.LocalOutputTokens), Is.EqualTo(5));
            Assert.That(Count(response, UsageCountNames.DiscardedOutputTokens), Is.EqualTo(5));
            Assert.That(Count(response, UsageCountNames.FrontierInputTokens), Is.EqualTo(7));
            Assert.That(Count(response, UsageCountNames.FrontierOutputTokens), Is.EqualTo(3));
        }
    }

    [Test]
    public async Task The_last_message_carries_the_record_too()
    {
        _ = _local.Then(_local.Answer("cheese", new Confidence(-2, -4, 4)));
        ChatResponse response = await _local.WithEscalation(_frontier, EscalateWhen.ConfidenceBelow(0.5)).GetResponseAsync(Question);
        ChatMessage message = response.Messages[^1];
        Assert.That(message.GetEscalation(), Is.EqualTo(response.GetEscalation()));
        Assert.That((message.GetRoute(), message.GetEscalation()!.Reason), Is.EqualTo((Routes.Frontier, "confidence_below")));
        Assert.That(message.GetConfidence()!.Score, Is.EqualTo(Math.Exp(-2)).Within(1e-12));
    }

    [Test]
    public async Task A_response_that_the_inner_client_keeps_is_not_written_to()
    {
        ChatResponse kept = _local.Answer("x");
        _local.OnResponse = (_, _) => Task.FromResult(kept);
        using EscalatingChatClient client = _local.WithEscalation(_frontier, EscalateWhen.Never);
        _ = await client.GetResponseAsync(Question);
        _ = await client.GetResponseAsync(Question);
        Assert.That(kept.AdditionalProperties, Is.Null);
        Assert.That(kept.Messages[0].AdditionalProperties, Is.Null);
        Assert.That(kept.Usage!.AdditionalCounts, Is.Null);
    }

    [Test]
    public async Task Nothing_of_a_replaced_answer_is_shown()
    {
        List<string> shown = [];
        await foreach (ChatResponseUpdate update in _local.WithEscalation(_frontier, EscalateWhen.Always).GetStreamingResponseAsync(Question))
        {
            shown.Add(update.Text);
        }

        Assert.That(string.Concat(shown), Is.EqualTo("frontier answer"));
        Assert.That(_local.Calls.Single().IsStreaming, Is.False);
        Assert.That(_frontier.Calls.Single().IsStreaming, Is.True);
    }

    [Test]
    public void A_failure_that_no_policy_claims_is_the_callers([Values] bool streaming)
    {
        IOException failure = new("disk");
        _ = _local.ThenThrow(failure);
        Assert.That(async () => await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.ConfidenceBelow(1)), streaming), Throws.Exception.SameAs(failure));
        Assert.That(_frontier.Calls, Is.Empty);
    }

    [Test]
    public async Task A_claimed_failure_is_escalated([Values] bool streaming)
    {
        _ = _local.ThenThrow(new ContextOverflowException(5000, 4096));
        ChatResponse response = await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.ContextOverflow), streaming);
        Assert.That(response.GetEscalationReason(), Is.EqualTo("context_overflow"));
        Assert.That(response.Usage!.InputTokenCount, Is.EqualTo(10), "only the frontier's");
        Assert.That(response.Usage.AdditionalCounts!.ContainsKey(UsageCountNames.LocalCalls), Is.False);
    }

    [Test]
    public void The_callers_cancellation_never_escalates([Values] bool streaming)
    {
        using CancellationTokenSource cancellation = new();
        _local.OnResponse = async (_, token) =>
        {
            await cancellation.CancelAsync();
            token.ThrowIfCancellationRequested();
            return _local.Answer("x");
        };
        Assert.That(async () => await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.Always | EscalateWhen.Faulted), streaming, cancellationToken: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_frontier.Calls, Is.Empty);
    }

    [Test]
    public async Task A_timeout_of_the_local_client_is_a_failure_like_another()
    {
        _ = _local.ThenThrow(new TaskCanceledException("took too long"));
        Assert.That((await _local.WithEscalation(_frontier, EscalateWhen.Faulted).GetResponseAsync(Question)).GetEscalationReason(), Is.EqualTo("faulted"));
    }

    [Test]
    public async Task The_frontier_gets_options_that_it_can_understand()
    {
        AIFunction tool = AIFunctionFactory.Create(static (string city) => city, "get_weather");
        AITool spanned = AIFunctionFactory.CreateDeclaration("find", "Finds.", EscalationPolicyTests.Json("""{"type":"object","properties":{"x-ray":{"type":"string","x-span":true}}}"""));
        static object? Factory(IChatClient client) => null;
        DerivedChatOptions options = new()
        {
            Kernel = this,
            ModelId = "small",
            Tools = [tool, spanned],
            RawRepresentationFactory = Factory,
            AdditionalProperties = new() { [RequestPropertyNames.SpanSource] = "text", ["mine"] = 1.0 },
            ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"type":"object","properties":{"a":{"type":"string","x-span":true},"x-b":{"enum":[{"x-c":1}]}}}"""), "name"),
        };
        _ = await _local.WithEscalation(_frontier, EscalateWhen.Always).GetResponseAsync(Question, options);
        ChatOptions sent = _frontier.Calls[0].Options!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((sent as DerivedChatOptions)?.Kernel, Is.SameAs(this));
            Assert.That(sent.ModelId, Is.Null);
            Assert.That(options.ModelId, Is.EqualTo("small"));
            Assert.That(_local.Calls[0].Options!.ModelId, Is.EqualTo("small"));
            Assert.That(sent.RawRepresentationFactory, Is.EqualTo((Func<IChatClient, object?>)Factory));
            Assert.That(sent.Tools![0], Is.SameAs(tool), "a tool without private keywords is the caller's own");
            Assert.That(((AIFunctionDeclaration)sent.Tools[1]).JsonSchema.GetRawText(), Is.EqualTo("""{"type":"object","properties":{"x-ray":{"type":"string"}}}"""));
            Assert.That(((ChatResponseFormatJson)sent.ResponseFormat!).Schema!.Value.GetRawText(), Is.EqualTo("""{"type":"object","properties":{"a":{"type":"string"},"x-b":{"enum":[{"x-c":1}]}}}"""));
            Assert.That(sent.AdditionalProperties!.Keys, Is.EqualTo((string[])["mine"]));
            Assert.That(options.AdditionalProperties, Has.Count.EqualTo(2));
        }
    }

    [Test]
    public async Task A_tool_with_private_keywords_can_still_be_invoked_from_the_frontiers_options()
    {
        AIFunction inner = AIFunctionFactory.Create(static (string city) => city + "!", "f");
        AIFunction tool = new Spanned(inner);
        _ = await _local.WithEscalation(_frontier, EscalateWhen.Always).GetResponseAsync(Question, new() { Tools = [tool] });
        AIFunction sent = (AIFunction)_frontier.Calls[0].Options!.Tools![0];
        Assert.That(sent.JsonSchema.GetRawText(), Does.Not.Contain("x-span"));
        Assert.That((await sent.InvokeAsync(new() { ["city"] = "Paris" }))?.ToString(), Is.EqualTo("Paris!"));
    }

    [Test]
    public async Task Reasoning_tokens_of_another_provider_stay_behind()
    {
        ChatMessage foreign = new(ChatRole.Assistant, [new TextReasoningContent("thought") { ProtectedData = "secret" }, new TextContent("a")]);
        ChatMessage own = new(ChatRole.Assistant, [new TextReasoningContent("thought") { ProtectedData = "signed" }, new TextContent("b")]) { AdditionalProperties = new() { ["heteroagent.escalation"] = new EscalationRecord(Routes.Frontier) } };
        _ = await _local.WithEscalation(_frontier, EscalateWhen.Always).GetResponseAsync([Question[0], foreign, Question[0], own, Question[0]]);
        string?[] sent = [.. _frontier.Calls[0].Messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().Select(static r => r.ProtectedData)];
        Assert.That(sent, Is.EqualTo((string?[])[null, "signed"]));
        Assert.That(((TextReasoningContent)foreign.Contents[0]).ProtectedData, Is.EqualTo("secret"), "the caller's message");
    }

    [Test]
    public void A_conversation_that_one_provider_keeps_is_refused([Values] bool streaming) =>
        Assert.That(async () => await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.Never), streaming, new() { ConversationId = "thread_1" }),
            Throws.InstanceOf<ProviderStateException>().With.Property("OptionName").EqualTo("ConversationId").And.Message.Contains("thread_1"));

    [Test]
    public async Task OnEscalated_sees_the_decision_before_the_frontier_is_asked()
    {
        List<string?> seen = [];
        using EscalatingChatClient client = _local.WithEscalation(_frontier, EscalateWhen.Always);
        client.OnEscalated = (context, _) =>
        {
            seen.Add($"{context.Decision.Reason}: {context.Response!.Text}, {_frontier.Calls.Count}");
            return default;
        };
        _ = await client.GetResponseAsync(Question);
        Assert.That(seen, Is.EqualTo((string[])["always: local answer, 0"]));
    }

    [Test]
    public void The_fallback_is_disposed_unless_it_is_left_open([Values] bool leaveOpen)
    {
        _local.WithEscalation(_frontier, EscalateWhen.Never, leaveOpen: leaveOpen).Dispose();
        Assert.That(_local.DisposeCount, Is.EqualTo(1));
        Assert.That(_frontier.DisposeCount, Is.EqualTo(leaveOpen ? 0 : 1));
    }

    [Test]
    public void Metadata_is_never_missing()
    {
        _local.Metadata = null;
        Assert.That(_local.WithEscalation(_frontier, EscalateWhen.Never).WithLedger(new()).GetService<ChatClientMetadata>(), Is.Not.Null);
    }

    [Test]
    public async Task The_callers_span_carries_the_route([Values] bool streaming)
    {
        using System.Diagnostics.Activity activity = new System.Diagnostics.Activity("caller").Start();
        _ = await AskAsync(_local.WithEscalation(_frontier, EscalateWhen.Always), streaming);
        Assert.That(activity.GetTagItem(HeteroAgentTelemetry.RouteTag), Is.EqualTo(Routes.Frontier));
        Assert.That(activity.GetTagItem(HeteroAgentTelemetry.EscalationReasonTag), Is.EqualTo("always"));
    }

    internal static long Count(ChatResponse response, string name) => response.Usage?.AdditionalCounts?.TryGetValue(name, out long value) == true ? value : 0;

    internal static Task<ChatResponse> AskAsync(IChatClient client, bool streaming, ChatOptions? options = null, CancellationToken cancellationToken = default) => streaming
        ? client.GetStreamingResponseAsync(Question, options, cancellationToken).ToChatResponseAsync(cancellationToken)
        : client.GetResponseAsync(Question, options, cancellationToken);

    private sealed class Spanned(AIFunction inner) : DelegatingAIFunction(inner)
    {
        public override System.Text.Json.JsonElement JsonSchema { get; } = EscalationPolicyTests.Json("""{"type":"object","properties":{"city":{"type":"string","x-span":true}}}""");
    }
}
