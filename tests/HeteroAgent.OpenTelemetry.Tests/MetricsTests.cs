using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HeteroAgent.OpenTelemetry.Tests;

/// <summary>The metrics of the decorators, the ledger and the engine, as a meter provider receives them.</summary>
[NonParallelizable]
public sealed class MetricsTests
{
    [Test]
    public async Task Dollars_spent_and_saved_and_the_confidence_are_measured()
    {
        ScriptedChatClient local = new("kept", "local-model") { Metadata = new("scripted", null, "local-model") };
        local.Then(local.Answer("kept", new Confidence(-0.5, -1, 2), input: 1000, output: 100), local.Answer("replaced", new Confidence(-2, -3, 2)));
        ScriptedChatClient frontier = new("answer", "priced-model");
        frontier.Then(frontier.Answer("answer", input: 2000, output: 200));
        Ledger ledger = new(Prices, "priced-model");
        using IChatClient client = local.WithEscalation(frontier, EscalateWhen.ConfidenceBelow(0.5)).WithLedger(ledger);
        List<Metric> metrics = await MeasureAsync(async () =>
        {
            _ = await client.GetResponseAsync("one");
            _ = await client.GetStreamingResponseAsync("two").ToChatResponseAsync();
        });
        LedgerSnapshot snapshot = ledger.GetSnapshot();
        Assert.That(snapshot.Cost, Is.EqualTo(0.0044m));
        Assert.That(Sum(metrics, "heteroagent.cost"), Is.EqualTo((double)snapshot.Cost).Within(1e-12));
        Assert.That(Sum(metrics, "heteroagent.saving"), Is.EqualTo((double)snapshot.Saving!).Within(1e-12).And.GreaterThan(0));
        List<MetricPoint> confidence = [];
        foreach (ref readonly MetricPoint point in metrics.Single(static m => m.Name == "heteroagent.confidence").GetMetricPoints())
        {
            confidence.Add(point);
        }

        Assert.That(confidence, Has.Count.EqualTo(1));
        Assert.That(confidence[0].GetHistogramCount(), Is.EqualTo(2));
        Assert.That(confidence[0].GetHistogramSum(), Is.EqualTo(Math.Exp(-0.5) + Math.Exp(-2)).Within(1e-9));
    }

    [Test]
    public async Task Answers_and_escalations_are_counted()
    {
        using IChatClient client = new ScriptedChatClient().WithEscalation(new ScriptedChatClient(), EscalateWhen.Always);
        List<Metric> metrics = await MeasureAsync(async () => _ = await client.GetResponseAsync("one"));
        Assert.That(metrics.Select(static m => m.Name), Is.SupersetOf((string[])["heteroagent.answers", "heteroagent.escalations"]));
    }

    [Test]
    public void The_engine_reports_under_the_same_meter()
    {
        Type telemetry = typeof(LlamaModel).Assembly.GetTypes().Single(static t => t.Name == "LlamaTelemetry");
        Meter[] meters = [.. telemetry.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Select(static f => f.GetValue(null)).OfType<Meter>()];
        Assert.That(meters.Select(static m => m.Name), Is.EqualTo([HeteroAgentTelemetry.MeterName]));
    }

    [Test]
    public void A_missing_builder_is_refused()
    {
        Assert.That(static () => ((MeterProviderBuilder)null!).AddHeteroAgentInstrumentation(), Throws.ArgumentNullException);
        Assert.That(static () => ((TracerProviderBuilder)null!).AddHeteroAgentInstrumentation(), Throws.ArgumentNullException);
    }

    [Test]
    public async Task Both_are_switched_on_by_one_word()
    {
        List<Activity> spans = [];
        List<Metric> metrics = [];
        using TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddHeteroAgentInstrumentation().AddInMemoryExporter(spans).Build();
        using MeterProvider metering = Sdk.CreateMeterProviderBuilder().AddHeteroAgentInstrumentation().AddInMemoryExporter(metrics).Build();
        using IChatClient client = new ScriptedChatClient().WithEscalation(new ScriptedChatClient(), EscalateWhen.Never);
        _ = await client.GetResponseAsync("question");
        Assert.That(metering.ForceFlush(), Is.True);
        Assert.That(spans, Is.Not.Empty);
        Assert.That(metrics, Is.Not.Empty);
    }

    private static PriceTable Prices { get; } = new([new("priced-model", new ModelPrice(1, 12))], new(2026, 1, 1));

    private static async Task<List<Metric>> MeasureAsync(Func<Task> act)
    {
        List<Metric> metrics = [];
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddHeteroAgentInstrumentation().AddInMemoryExporter(metrics).Build();
        await act();
        Assert.That(provider.ForceFlush(), Is.True);

        // Disposing the provider exports once more.
        return [.. metrics];
    }

    private static double Sum(List<Metric> metrics, string name)
    {
        double sum = 0;
        foreach (ref readonly MetricPoint point in metrics.Single(m => m.Name == name).GetMetricPoints())
        {
            sum += point.GetSumDouble();
        }

        return sum;
    }
}
