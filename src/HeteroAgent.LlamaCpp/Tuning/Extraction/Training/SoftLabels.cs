namespace HeteroAgent.LlamaCpp;

/// <summary>What a teacher thinks of a request: distributions over the numbers of tools and of labels.</summary>
internal sealed record SoftLabels(SoftTarget Tool, SoftTarget[] Words);
