namespace HeteroAgent;

/// <summary>The frontier client of a pipeline resolves to the client that is being built, itself or by way of other clients.</summary>
public sealed class CircularClientException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="frontierKey">The key under which the frontier client was asked for.</param>
    /// <exception cref="ArgumentNullException"><paramref name="frontierKey"/> is <see langword="null"/>.</exception>
    public CircularClientException(object frontierKey)
        : base(Describe(frontierKey)) => FrontierKey = frontierKey;

    /// <summary>Gets the key under which the frontier client was asked for.</summary>
    public object FrontierKey { get; }

    private static string Describe(object frontierKey)
    {
        ArgumentNullException.ThrowIfNull(frontierKey);
        return $"The frontier client under the key '{frontierKey}' is the client that is being built, or needs it. Register the frontier model under a key of its own, without this escalation.";
    }
}
