using System.Diagnostics;

namespace HeteroAgent;

/// <summary>Opens and fills the spans of the two model calls of an escalating client. <see langword="null"/> where nobody listens.</summary>
internal static class ModelSpan
{
    private const string RequestModel = "gen_ai.request.model";
    private const string ResponseModel = "gen_ai.response.model";
    private const string ErrorType = "error.type";

    public static Activity? StartLocal(string? model) => Start(HeteroAgentTelemetry.LocalActivityName, Routes.Local, model);

    public static Activity? StartFrontier(string? model, string? reason) =>
        Start(HeteroAgentTelemetry.FrontierActivityName, Routes.Frontier, model)?.SetTag(HeteroAgentTelemetry.EscalationReasonTag, reason);

    public static void Answered(this Activity? span, string? model, Confidence? confidence = null)
    {
        if (span is not null)
        {
            _ = model is null ? span : span.SetTag(ResponseModel, model);
            _ = confidence is null ? span : span.SetTag(HeteroAgentTelemetry.ConfidenceTag, confidence.Score);
        }
    }

    public static void Failed(this Activity? span, Exception exception) =>
        span?.SetTag(ErrorType, exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);

    private static Activity? Start(string name, string route, string? model)
    {
        Activity? span = Telemetry.Source.StartActivity(name, ActivityKind.Internal);
        return model is null ? span?.SetTag(HeteroAgentTelemetry.RouteTag, route) : span?.SetTag(HeteroAgentTelemetry.RouteTag, route).SetTag(RequestModel, model);
    }
}
