using System.Text.Json;

namespace HeteroAgent.OpenAI;

/// <summary>Tells the faults of a server apart. The caller's cancellation and HTTP statuses stay what they are.</summary>
internal static class ServerFaults
{
    public static OpenAICompatibleException? Translate(Exception exception, Uri? server, bool isStreaming, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return exception switch
        {
            // After its retries the client throws one exception for all tries.
            AggregateException { InnerExceptions: { Count: > 0 } tries } => Translate(tries[^1], server, isStreaming, cancellationToken)
                ?? new(OpenAICompatibleFault.Unreachable, $"The server {server} cannot be reached: {tries[^1].Message}", exception),
            System.ClientModel.ClientResultException { Status: 0 } => new(OpenAICompatibleFault.Unreachable, $"The server {server} cannot be reached: {exception.Message}", exception),
            OperationCanceledException or TimeoutException => new(OpenAICompatibleFault.Timeout, $"The server {server} took longer than the network timeout. Raise OpenAIClientOptions.NetworkTimeout, or escalate on Faulted.", exception),
            JsonException or FormatException or KeyNotFoundException or ArgumentException or (InvalidOperationException and not ObjectDisposedException) =>
                new(OpenAICompatibleFault.MalformedResponse, $"The server {server} answered with something that is not a chat completion: {exception.Message}", exception),
            IOException or HttpRequestException => isStreaming
                ? new(OpenAICompatibleFault.BrokenStream, $"The connection to {server} broke in the middle of a streamed answer: {exception.Message}", exception)
                : new(OpenAICompatibleFault.Unreachable, $"The connection to {server} broke before the answer was complete: {exception.Message}", exception),
            _ => null,
        };
    }
}
