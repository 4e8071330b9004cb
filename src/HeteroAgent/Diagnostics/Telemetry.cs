using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HeteroAgent;

internal static class Telemetry
{
    public static readonly ActivitySource Source = new(HeteroAgentTelemetry.ActivitySourceName);

    private static readonly Meter Meter = new(HeteroAgentTelemetry.MeterName);
    private static readonly Counter<long> Answers = Meter.CreateCounter<long>("heteroagent.answers", "{answer}", "Answers given, by route.");
    private static readonly Counter<long> Escalations = Meter.CreateCounter<long>("heteroagent.escalations", "{call}", "Calls handed up to the frontier model, by reason.");
    private static readonly Counter<long> WithheldEscalations = Meter.CreateCounter<long>("heteroagent.escalations.withheld", "{call}", "Calls that a limit kept from the frontier model, by reason.");

    private static readonly Counter<double> Cost = Meter.CreateCounter<double>("heteroagent.cost", "{USD}", "Dollars that calls cost, by route.");
    private static readonly UpDownCounter<double> Saving = Meter.CreateUpDownCounter<double>("heteroagent.saving", "{USD}", "Dollars saved against the frontier model, by route.");
    private static readonly Histogram<double> Confidences = Meter.CreateHistogram("heteroagent.confidence", "1", "Confidence of the local model in its answers.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99] });

    // A verifier takes milliseconds, a prompted judge seconds.
    private static readonly Histogram<double> Verifications = Meter.CreateHistogram("heteroagent.verification.duration", "s", "Time to score one trace.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10] });

    public static void Answered(string route) => Answers.Add(1, new KeyValuePair<string, object?>(HeteroAgentTelemetry.RouteTag, route));

    public static void Escalated(string? reason) => Escalations.Add(1, Reason(reason));

    public static void Withheld(string? reason) => WithheldEscalations.Add(1, Reason(reason));

    public static void Spent(decimal dollars, string route) => Cost.Add((double)dollars, new KeyValuePair<string, object?>(HeteroAgentTelemetry.RouteTag, route));

    /// <summary>Counts a saving; it is negative where a draft cost something and was replaced.</summary>
    public static void Saved(decimal dollars, string route) => Saving.Add((double)dollars, new KeyValuePair<string, object?>(HeteroAgentTelemetry.RouteTag, route));

    public static void Judged(Confidence? confidence, string? model)
    {
        if (confidence is not null)
        {
            Confidences.Record(confidence.Score, new KeyValuePair<string, object?>("gen_ai.request.model", model));
        }
    }

    public static void Verified(TimeSpan duration, string label) =>
        Verifications.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("gen_ai.evaluation.score.label", label));

    private static KeyValuePair<string, object?> Reason(string? reason) => new(HeteroAgentTelemetry.EscalationReasonTag, reason);
}
