namespace HeteroAgent.Cli.Tests;

/// <summary>A command line and what surrounds it.</summary>
internal sealed record ToolRun(params string[] Arguments)
{
    /// <summary>The program beside the tests: the tool, or a sample.</summary>
    internal string Program { get; init; } = "HeteroAgent.Cli.dll";

    internal string Input { get; init; } = "";

    internal string? Folder { get; init; }

    internal Dictionary<string, string?> Environment { get; init; } = [];
}
