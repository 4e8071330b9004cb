namespace HeteroAgent.LlamaCpp;

/// <summary>A tool that an extractive model can call.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Slots">The names of the arguments that it can fill, each at most once a call.</param>
public sealed record ExtractiveTool(string Name, IReadOnlyList<string> Slots);
