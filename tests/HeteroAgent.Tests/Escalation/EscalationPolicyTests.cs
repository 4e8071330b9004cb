using System.Text.Json;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class EscalationPolicyTests
{
    private static readonly ScriptedChatClient Model = new();

    private static readonly EscalationPolicy Yes = EscalateWhen.Matches(static _ => true, "yes");

    private static readonly EscalationPolicy NotAsked = EscalateWhen.Matches(static _ => throw new InvalidOperationException("asked"));

    [TestCase(0.9, false)]
    [TestCase(0.7, false)]
    [TestCase(0.69, true)]
    public async Task Confidence_is_compared_with_the_threshold(double probability, bool escalates)
    {
        EscalationDecision decision = await Decide(EscalateWhen.ConfidenceBelow(0.7), Model.Answer("x", new Confidence(-0.1, -0.2, 3, probability)));
        Assert.That(decision.Escalate, Is.EqualTo(escalates));
        Assert.That(decision.Reason, escalates ? Is.EqualTo("confidence_below") : Is.Null);
    }

    [Test]
    public async Task An_answer_without_confidence_is_not_trusted() =>
        Assert.That((await Decide(EscalateWhen.ConfidenceBelow(0), Model.Answer("x"))).Reason, Is.EqualTo("confidence_unknown"));

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void A_threshold_outside_0_and_1_is_refused(double threshold) =>
        Assert.That(() => EscalateWhen.ConfidenceBelow(threshold), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("score"));

    [Test]
    public async Task Truncated_looks_at_the_finish_reason()
    {
        Assert.That((await Decide(EscalateWhen.Truncated, Model.Answer("x", finish: ChatFinishReason.Length))).Reason, Is.EqualTo("truncated"));
        Assert.That((await Decide(EscalateWhen.Truncated, Model.Answer("x"))).Escalate, Is.False);
    }

    [Test]
    public async Task Or_asks_the_right_one_only_when_the_left_keeps()
    {
        Assert.That((await Decide(Yes | NotAsked, Model.Answer("x"))).Reason, Is.EqualTo("yes"));
        Assert.That((await Decide(EscalateWhen.Never | Yes, Model.Answer("x"))).Reason, Is.EqualTo("yes"));
        Assert.That((await Decide(EscalateWhen.Never | EscalateWhen.Never, Model.Answer("x"))).Escalate, Is.False);
    }

    [Test]
    public async Task And_needs_both_and_joins_their_reasons()
    {
        Assert.That((await Decide(Yes & EscalateWhen.Always, Model.Answer("x"))).Reason, Is.EqualTo("yes+always"));
        Assert.That((await Decide(EscalateWhen.Never & NotAsked, Model.Answer("x"))).Escalate, Is.False);
        Assert.That((await Decide(Yes & EscalateWhen.Never, Model.Answer("x"))).Escalate, Is.False);
    }

    [Test]
    public async Task Failures_are_claimed_by_kind()
    {
        Assert.That((await Decide(EscalateWhen.Faulted, new IOException("gone"))).Reason, Is.EqualTo("faulted"));
        Assert.That((await Decide(EscalateWhen.Faulted, new ArgumentException("bad"))).Escalate, Is.False, "the caller's mistake is the caller's");
        Assert.That((await Decide(EscalateWhen.ContextOverflow, new ContextOverflowException(9, 8))).Reason, Is.EqualTo("context_overflow"));
        Assert.That((await Decide(EscalateWhen.ContextOverflow, new IOException("gone"))).Escalate, Is.False);
        Assert.That((await Decide(EscalateWhen.ConfidenceBelow(1) | EscalateWhen.Truncated | EscalateWhen.SchemaInvalid, new IOException("gone"))).Escalate, Is.False);
    }

    [TestCase("""{"n":1}""", false)]
    [TestCase("""{"n":"1"}""", true)]
    [TestCase("""{"n":1,"m":2}""", true)]
    [TestCase("""{"n":1""", true)]
    [TestCase("", true)]
    public async Task Text_must_satisfy_the_schema_of_the_response_format(string text, bool escalates)
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}""")) };
        EscalationDecision decision = await Decide(EscalateWhen.SchemaInvalid, Model.Answer(text), options);
        Assert.That(decision.Escalate, Is.EqualTo(escalates), decision.Detail);
    }

    [TestCase("the red fox", "red fox", false)]
    [TestCase("the red fox", "blue fox", true)]
    public async Task Spans_must_occur_in_the_last_user_message(string input, string value, bool escalates)
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"who":{"type":"string","x-span":true}}}""")) };
        EscalationContext context = new([new(ChatRole.User, input)], options, Model.Answer($$"""{"who":"{{value}}"}"""));
        Assert.That((await EscalateWhen.SchemaInvalid.EvaluateAsync(context)).Escalate, Is.EqualTo(escalates));
    }

    [TestCase("get_weather", "Paris", false)]
    [TestCase("get_weather", 5, true)]
    [TestCase("launch_rocket", "Paris", true)]
    public async Task Tool_calls_must_be_of_offered_tools_with_valid_arguments(string tool, object city, bool escalates)
    {
        ChatOptions options = new() { Tools = [AIFunctionFactory.CreateDeclaration("get_weather", "Weather.", Json("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""))] };
        ChatResponse response = Model.Answer([new FunctionCallContent("1", tool, new Dictionary<string, object?> { ["city"] = city })]);
        Assert.That((await Decide(EscalateWhen.SchemaInvalid, response, options)).Escalate, Is.EqualTo(escalates));
    }

    [Test]
    public async Task A_required_call_must_be_there()
    {
        AITool tool = AIFunctionFactory.Create(static (string city) => city, "get_weather");
        ChatOptions any = new() { Tools = [tool], ToolMode = ChatToolMode.RequireAny };
        ChatOptions other = new() { Tools = [tool], ToolMode = ChatToolMode.RequireSpecific("other") };
        ChatResponse call = Model.Answer([new FunctionCallContent("1", "get_weather", new Dictionary<string, object?> { ["city"] = "Paris" })]);
        Assert.That((await Decide(EscalateWhen.SchemaInvalid, Model.Answer("no call"), any)).Escalate, Is.True);
        Assert.That((await Decide(EscalateWhen.SchemaInvalid, call, any)).Escalate, Is.False);
        Assert.That((await Decide(EscalateWhen.SchemaInvalid, call, other)).Escalate, Is.True);
    }

    [Test]
    public void A_schema_that_cannot_be_checked_is_not_passed_as_checked()
    {
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","unevaluatedProperties":false}""")) };
        Assert.That(async () => await Decide(EscalateWhen.SchemaInvalid, Model.Answer("{}"), options), Throws.InstanceOf<JsonSchemaException>());
    }

    internal static JsonElement Json(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static ValueTask<EscalationDecision> Decide(EscalationPolicy policy, ChatResponse response, ChatOptions? options = null) =>
        policy.EvaluateAsync(new([new(ChatRole.User, "hi")], options, response));

    private static ValueTask<EscalationDecision> Decide(EscalationPolicy policy, Exception exception) =>
        policy.EvaluateAsync(new([new(ChatRole.User, "hi")], null, exception));
}
