using Microsoft.Extensions.Logging;

namespace HeteroAgent;

/// <summary>The log events of the verifying client: ids 1100 to 1199.</summary>
internal static partial class VerificationLog
{
    [LoggerMessage(1100, LogLevel.Debug, "The reasoning was found sound: score {Score} over {Steps} steps.", EventName = "ReasoningSound")]
    public static partial void Sound(this ILogger logger, double score, int steps);

    [LoggerMessage(1101, LogLevel.Information, "The reasoning was found flawed: score {Score} over {Steps} steps, first error at index {FirstError}.", EventName = "ReasoningFlawed")]
    public static partial void Flawed(this ILogger logger, double score, int steps, int firstError);

    [LoggerMessage(1102, LogLevel.Debug, "The verifier did not judge the answer.", EventName = "VerificationAbstained")]
    public static partial void Abstained(this ILogger logger);

    [LoggerMessage(1103, LogLevel.Error, "The verifier failed: {ErrorType}.", EventName = "VerifierFailed")]
    public static partial void VerifierFailed(this ILogger logger, string errorType);

    public static void Verified(this ILogger logger, VerificationResult? result)
    {
        if (result is not { IsAbstained: false })
        {
            logger.Abstained();
        }
        else if (result.IsFlawed)
        {
            logger.Flawed(result.IntegrityScore, result.Steps.Count, result.FirstError);
        }
        else
        {
            logger.Sound(result.IntegrityScore, result.Steps.Count);
        }
    }
}
