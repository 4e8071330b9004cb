namespace HeteroAgent.LlamaCpp;

/// <summary>One text on its way through the scheduler.</summary>
internal sealed class EmbeddingRequest(int[] tokens, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<float[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;

    internal int[] Tokens => tokens;

    internal Task<float[]> Task => _completion.Task;

    /// <summary>Ends the request at once when its caller cancels, wherever it is.</summary>
    internal void WatchCancellation() => _registration = cancellationToken.UnsafeRegister(
        static (state, token) => ((EmbeddingRequest)state!)._completion.TrySetCanceled(token), this);

    internal void Complete(float[] vector)
    {
        _registration.Dispose();
        _completion.TrySetResult(vector);
    }

    internal void Fail(Exception error)
    {
        _registration.Dispose();
        _completion.TrySetException(error);
    }
}
