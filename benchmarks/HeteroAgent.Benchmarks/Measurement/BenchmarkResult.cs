using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks;

/// <summary>The outcome of one benchmark.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Summary">One or more lines for a person.</param>
/// <param name="Met">Whether every target was met.</param>
/// <param name="Figures">Everything that was measured.</param>
internal sealed record BenchmarkResult(string Name, string Summary, bool Met, JsonObject Figures);
