namespace HeteroAgent;

/// <summary>A model has too much to do to take a request, or could not start it in time. It is thrown before any token is generated, and is a reason to escalate.</summary>
public sealed class ModelBusyException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="runningRequests">The requests that are being decoded.</param>
    /// <param name="waitingRequests">The requests that wait for their turn.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="waited">How long the request waited before it was given up; <see langword="null"/> where it was refused at once.</param>
    public ModelBusyException(int runningRequests, int waitingRequests, string? model = null, TimeSpan? waited = null)
        : base($"{model ?? "The model"} is busy: {runningRequests} requests are running and {waitingRequests} wait{(waited is { } time ? FormattableString.Invariant($", and this one has not been started in {time.TotalSeconds:0.###} s") : "; no more are accepted")}. Ask again later, raise the limits of the queue, or escalate on Busy.")
    {
        RunningRequests = runningRequests;
        WaitingRequests = waitingRequests;
        Waited = waited;
    }

    /// <summary>Gets the requests that were being decoded.</summary>
    public int RunningRequests { get; }

    /// <summary>Gets the requests that were waiting for their turn.</summary>
    public int WaitingRequests { get; }

    /// <summary>Gets how long the request waited before it was given up, or <see langword="null"/> where it was refused at once.</summary>
    public TimeSpan? Waited { get; }
}
