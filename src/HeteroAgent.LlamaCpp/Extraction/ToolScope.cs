namespace HeteroAgent.LlamaCpp;

/// <summary>A tool that a decode may choose, and which of its slots it may fill.</summary>
/// <param name="Tool">The tool's number in the schema.</param>
/// <param name="Slots">A bit for each of the tool's slots in the tool's own order.</param>
internal readonly record struct ToolScope(int Tool, ulong Slots)
{
    internal static ToolScope[] All(ExtractionSchema schema) => [.. Enumerable.Range(0, schema.Tools.Count).Select(t => new ToolScope(t, ulong.MaxValue))];
}
