using System.Diagnostics.Metrics;

namespace HeteroAgent.LlamaCpp;

/// <summary>What the engine reports under <see cref="HeteroAgentTelemetry.MeterName"/>; every measurement carries the tag <c>gen_ai.request.model</c>.</summary>
internal static class LlamaTelemetry
{
    private static readonly Meter Meter = new(HeteroAgentTelemetry.MeterName);
    private static readonly UpDownCounter<int> WaitingRequests = Meter.CreateUpDownCounter<int>("heteroagent.llama.requests.waiting", "{request}", "Requests that wait for their turn.");
    private static readonly UpDownCounter<int> RunningRequests = Meter.CreateUpDownCounter<int>("heteroagent.llama.requests.running", "{request}", "Requests that are being decoded.");
    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>("heteroagent.llama.requests.refused", "{request}", "Requests that were refused or given up because the model was busy.");
    private static readonly Histogram<double> QueueTime = Meter.CreateHistogram("heteroagent.llama.queue.duration", "s", "Time from the submission of a request to its start.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.001, .005, .01, .05, .1, .5, 1, 5, 10, 30, 60] });

    internal static void Queue(string model, int waiting, int running)
    {
        WaitingRequests.Add(waiting, Tag(model));
        RunningRequests.Add(running, Tag(model));
    }

    internal static void Refused(string model) => RefusedRequests.Add(1, Tag(model));

    internal static void Started(string model, TimeSpan waited) => QueueTime.Record(waited.TotalSeconds, Tag(model));

    private static KeyValuePair<string, object?> Tag(string model) => new("gen_ai.request.model", model);
}
