namespace HeteroAgent;

/// <summary>The values of <see cref="EscalationRecord.Route"/>.</summary>
public static class Routes
{
    /// <summary>The local model's answer was kept.</summary>
    public const string Local = "local";

    /// <summary>The frontier model answered.</summary>
    public const string Frontier = "frontier";
}
