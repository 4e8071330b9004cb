using System.Text.Json;
using HeteroAgent.TestKit;

namespace HeteroAgent.Tests;

/// <summary>Reads ProcessBench: human labels of the first wrong step, -1 for none.</summary>
internal static class ProcessBench
{
    public static List<(ReasoningTrace Trace, int Label)> Read(string set)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("data", "processbench", set + ".json")));
        return
        [
            .. document.RootElement.EnumerateArray().Select(static row => (
                new ReasoningTrace(row.GetProperty("problem").GetString()!, [.. row.GetProperty("steps").EnumerateArray().Select(static s => s.GetString()!)]),
                row.GetProperty("label").GetInt32())),
        ];
    }
}
