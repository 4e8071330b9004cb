namespace HeteroAgent.Analyzers.Pipeline;

/// <summary>The kind of decorator that a step of a client pipeline adds, as far as its order matters.</summary>
internal enum Layer
{
    /// <summary>A client that asks another one for what it does not trust.</summary>
    Escalation,

    /// <summary>A client that runs the tools which the model calls.</summary>
    ToolInvocation,
}
