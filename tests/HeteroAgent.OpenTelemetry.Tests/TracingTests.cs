using System.Diagnostics;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace HeteroAgent.OpenTelemetry.Tests;

/// <summary>The spans of the two model calls, as an exporter receives them.</summary>
[NonParallelizable]
public sealed class TracingTests
{
    private const string Outer = "HeteroAgent.OpenTelemetry.Tests";

    private static readonly ActivitySource Source = new(Outer);

    [Test]
    public async Task An_escalated_call_has_a_span_for_each_model([Values] bool streaming, [Values] bool stepwise)
    {
        ScriptedChatClient local = new("draft", "local-model") { Metadata = new("scripted", null, "local-model") };
        local.Then(local.Answer("draft", new Confidence(-1, -2, 3)));
        ScriptedChatClient frontier = new("answer", "frontier-model") { Metadata = new("scripted", null, "frontier-model") };
        EscalationPolicy policy = EscalateWhen.Matches(static _ => true, "tested");
        using IChatClient client = stepwise ? local.WithStepwiseEscalation(frontier, new ScriptedVerifier(), policy) : local.WithEscalation(frontier, policy);
        (Activity outer, List<Activity> spans) = await TraceAsync(client, streaming);
        Activity first = spans.Single(static s => s.OperationName == HeteroAgentTelemetry.LocalActivityName);
        Activity second = spans.Single(static s => s.OperationName == HeteroAgentTelemetry.FrontierActivityName);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Kind, second.Kind), Is.EqualTo((ActivityKind.Internal, ActivityKind.Internal)));
            Assert.That((first.ParentSpanId, second.ParentSpanId), Is.EqualTo((outer.SpanId, outer.SpanId)));
            Assert.That(first.GetTagItem("heteroagent.route"), Is.EqualTo("local"));
            Assert.That(first.GetTagItem("gen_ai.request.model"), Is.EqualTo("local-model"));
            Assert.That(first.GetTagItem("gen_ai.response.model"), Is.EqualTo("local-model"));
            Assert.That(first.GetTagItem(HeteroAgentTelemetry.ConfidenceTag), Is.EqualTo(Math.Exp(-1)).Within(1e-9));
            Assert.That(second.GetTagItem("heteroagent.route"), Is.EqualTo("frontier"));
            Assert.That(second.GetTagItem(HeteroAgentTelemetry.EscalationReasonTag), Is.EqualTo("tested"));
            Assert.That(second.GetTagItem("gen_ai.response.model"), Is.EqualTo("frontier-model"));
            Assert.That(outer.GetTagItem("heteroagent.route"), Is.EqualTo("frontier"), "the outcome stands on the span around both");
            Assert.That(first.StartTimeUtc + first.Duration, Is.LessThanOrEqualTo(second.StartTimeUtc));
        }
    }

    [Test]
    public async Task A_kept_call_has_one_span([Values] bool streaming, [Values] bool stepwise)
    {
        ScriptedChatClient frontier = new();
        using IChatClient client = stepwise ? new ScriptedChatClient().WithStepwiseEscalation(frontier, new ScriptedVerifier()) : new ScriptedChatClient().WithEscalation(frontier, EscalateWhen.Never);
        (Activity outer, List<Activity> spans) = await TraceAsync(client, streaming);
        Assert.That(spans.Select(static s => s.OperationName), Is.EquivalentTo([HeteroAgentTelemetry.LocalActivityName, "outer"]));
        Assert.That(outer.GetTagItem("heteroagent.route"), Is.EqualTo("local"));
    }

    [Test]
    public async Task A_models_own_spans_stand_below_its_call([Values] bool streaming, [Values] bool stepwise)
    {
        IChatClient local = new ChatClientBuilder(new ScriptedChatClient()).UseOpenTelemetry(sourceName: Outer).Build();
        IChatClient frontier = new ChatClientBuilder(new ScriptedChatClient()).UseOpenTelemetry(sourceName: Outer).Build();
        using IChatClient client = stepwise ? local.WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Always) : local.WithEscalation(frontier, EscalateWhen.Always);
        (_, List<Activity> spans) = await TraceAsync(client, streaming);
        ActivitySpanId[] calls = [.. spans.Where(static s => s.OperationName.StartsWith("escalation.", StringComparison.Ordinal)).Select(static s => s.SpanId)];
        Assert.That(spans.Where(static s => s.OperationName.StartsWith("chat", StringComparison.Ordinal)).Select(static s => s.ParentSpanId), Is.EquivalentTo(calls));
        Assert.That(calls, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task A_failure_is_marked_with_its_type_and_nothing_of_its_message([Values] bool streaming, [Values] bool stepwise)
    {
        ScriptedChatClient local = new ScriptedChatClient().ThenThrow(new InvalidOperationException("secret"));
        ScriptedChatClient frontier = new ScriptedChatClient().ThenThrow(new HttpRequestException("secret"));
        using IChatClient client = stepwise ? local.WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Faulted) : local.WithEscalation(frontier, EscalateWhen.Faulted);
        (_, List<Activity> spans) = await TraceAsync(client, streaming, fails: true);
        Activity[] failed = [.. spans.Where(static s => s.Status == ActivityStatusCode.Error).OrderBy(static s => s.StartTimeUtc)];
        Assert.That(failed.Select(static s => s.GetTagItem("error.type")), Is.EqualTo([typeof(InvalidOperationException).FullName, typeof(HttpRequestException).FullName]));
        Assert.That(spans.SelectMany(static s => s.TagObjects).Select(static t => t.Value?.ToString()), Has.None.Contains("secret"));
    }

    [Test]
    public async Task A_stream_that_is_abandoned_ends_its_spans_and_leaves_the_readers_activity_current([Values] bool stepwise)
    {
        ScriptedChatClient frontier = new() { OnStream = static (_, _) => Words() };
        using IChatClient client = stepwise
            ? new ScriptedChatClient().WithStepwiseEscalation(frontier, new ScriptedVerifier(), EscalateWhen.Always)
            : new ScriptedChatClient().WithEscalation(frontier, EscalateWhen.Always);
        List<Activity> spans = [];
        using TracerProvider provider = Provider(spans);
        using (Activity outer = Source.StartActivity("outer")!)
        {
            int seen = 0;
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("question"))
            {
                Assert.That(Activity.Current, Is.SameAs(outer));
                using Activity? readers = Source.StartActivity("reader");
                if (++seen == 3)
                {
                    break;
                }
            }

            Assert.That(Activity.Current, Is.SameAs(outer));
        }

        Assert.That(spans.Select(static s => s.OperationName), Has.Some.EqualTo(HeteroAgentTelemetry.FrontierActivityName));
        Assert.That(spans.Where(static s => s.OperationName == "reader").Select(static s => s.Parent?.OperationName), Is.All.EqualTo("outer"));
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Words()
    {
        for (int i = 0; i < 10; i++)
        {
            await Task.Yield();
            yield return new(ChatRole.Assistant, "word ");
        }
    }

    private static TracerProvider Provider(List<Activity> spans) =>
        Sdk.CreateTracerProviderBuilder().AddSource(Outer).AddHeteroAgentInstrumentation().AddInMemoryExporter(spans).Build();

    private static async Task<(Activity Outer, List<Activity> Spans)> TraceAsync(IChatClient client, bool streaming, bool fails = false)
    {
        List<Activity> spans = [];
        using TracerProvider provider = Provider(spans);
        Activity outer = Source.StartActivity("outer")!;
        try
        {
            _ = streaming ? await client.GetStreamingResponseAsync("question").ToChatResponseAsync() : await client.GetResponseAsync("question");
            Assert.That(fails, Is.False);
        }
        catch (HttpRequestException) when (fails)
        {
            // What the test is about.
        }

        Assert.That(Activity.Current, Is.SameAs(outer));
        outer.Dispose();
        return (outer, spans);
    }
}
