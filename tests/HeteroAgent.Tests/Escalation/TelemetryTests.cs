using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

[NonParallelizable]
public sealed class TelemetryTests
{
    [Test]
    public async Task Counters_tell_routes_and_reasons()
    {
        ConcurrentBag<string> seen = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Meter.Name == HeteroAgentTelemetry.MeterName)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {value} {tags[0].Key}={tags[0].Value}"));
        listener.Start();
        using IChatClient client = new ScriptedChatClient().WithEscalation(new ScriptedChatClient(), EscalateWhen.Matches(static _ => true, "counted_here"), new() { CallsPerMinute = 1 });
        _ = await client.GetResponseAsync("a");
        _ = await client.GetResponseAsync("b");
        Assert.That(seen, Is.SupersetOf((string[])
        [
            "heteroagent.answers 1 heteroagent.route=frontier",
            "heteroagent.answers 1 heteroagent.route=local",
            "heteroagent.escalations 1 heteroagent.escalation.reason=counted_here",
            "heteroagent.escalations.withheld 1 heteroagent.escalation.reason=counted_here",
        ]));
    }
}
