using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>The log events of the escalating clients: ids 1000 to 1099. A decision's detail may quote an answer, so it is logged at Trace only.</summary>
internal static partial class EscalationLog
{
    [LoggerMessage(1000, LogLevel.Debug, "The local answer of {Model} was kept (confidence {Confidence}).", EventName = "LocalAnswerKept")]
    public static partial void Kept(this ILogger logger, string? model, double? confidence);

    [LoggerMessage(1001, LogLevel.Information, "Escalated to {FrontierModel}: {Reason}.", EventName = "Escalated")]
    public static partial void Escalated(this ILogger logger, string? frontierModel, string? reason);

    [LoggerMessage(1002, LogLevel.Trace, "Escalation {Reason}: {Detail}", EventName = "EscalationDetail")]
    public static partial void Detail(this ILogger logger, string? reason, string detail);

    [LoggerMessage(1003, LogLevel.Warning, "A limit keeps a call from the frontier model ({Reason}): {Limit}.", EventName = "EscalationWithheld")]
    public static partial void Withheld(this ILogger logger, string? reason, string limit);

    [LoggerMessage(1004, LogLevel.Warning, "The call of the local model {Model} failed: {ErrorType}.", EventName = "LocalModelFailed")]
    public static partial void LocalFailed(this ILogger logger, string? model, string errorType);

    [LoggerMessage(1005, LogLevel.Error, "The frontier model {FrontierModel} failed: {ErrorType}.", EventName = "FrontierModelFailed")]
    public static partial void FrontierFailed(this ILogger logger, string? frontierModel, string errorType);
}
