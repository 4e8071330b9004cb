namespace HeteroAgent.LlamaCpp;

/// <summary>A request on its way through the scheduler.</summary>
internal sealed class ExtractionRequest(
    string text,
    IReadOnlyList<(int Start, int Length)> words,
    EncodedRequest[] encoded,
    int[] allowed,
    CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Extraction> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    internal string Text => text;

    internal IReadOnlyList<(int Start, int Length)> Words => words;

    /// <summary>The request in the tokens of each model.</summary>
    internal EncodedRequest[] Encoded => encoded;

    /// <summary>The numbers of the tools to choose from.</summary>
    internal int[] Allowed => allowed;

    internal int TokenCount { get; } = encoded.Max(e => e.Tokens.Length);

    internal Task<Extraction> Task => _completion.Task;

    /// <summary>Ends the request at once when its caller cancels, wherever it is.</summary>
    internal void WatchCancellation() => _registration = cancellationToken.UnsafeRegister(
        static (state, token) => ((ExtractionRequest)state!)._completion.TrySetCanceled(token), this);

    internal void Complete(Extraction result)
    {
        _registration.Dispose();
        _completion.TrySetResult(result);
    }

    internal void Fail(Exception error)
    {
        _registration.Dispose();
        _completion.TrySetException(error);
    }
}
