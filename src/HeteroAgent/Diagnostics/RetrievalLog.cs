using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>The log events of the retrieving client: ids 1200 to 1299.</summary>
internal static partial class RetrievalLog
{
    [LoggerMessage(1200, LogLevel.Debug, "{Passages} passages are shown to the model, of {Found} found.", EventName = "PassagesRetrieved")]
    public static partial void Retrieved(this ILogger logger, int passages, int found);

    [LoggerMessage(1201, LogLevel.Information, "No passage is shown to the model, of {Found} found.", EventName = "NoPassages")]
    public static partial void Empty(this ILogger logger, int found);

    [LoggerMessage(1202, LogLevel.Error, "The retriever failed: {ErrorType}.", EventName = "RetrieverFailed")]
    public static partial void RetrieverFailed(this ILogger logger, string errorType);
}
