namespace HeteroAgent.LlamaCpp;

/// <summary>How urgent a request is beside others of the same model: it decides who is started, whose prompt is read, and who steps back first.</summary>
/// <remarks>
/// Requests are served by deadline (earliest deadline first: Liu and Layland, "Scheduling Algorithms for Multiprogramming in a
/// Hard-Real-Time Environment", JACM 1973): one of a lower priority counts as arrived later, and so is never overtaken for ever.
/// </remarks>
public enum RequestPriority
{
    /// <summary>Work that nobody waits for: counts as arrived a minute after it did. It steps back for waiting requests of a higher priority, and may fill half of the queue.</summary>
    Background = -1,

    /// <summary>The default: counts as arrived five seconds after it did.</summary>
    Normal = 0,

    /// <summary>A person waits for it.</summary>
    Interactive = 1,
}
