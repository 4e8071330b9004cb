using System.Text.Json;
using HeteroAgent.TestKit;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A request with the token ids and the call that PyTorch gives for it.</summary>
internal sealed record GoldenCall(string Request, int[] Ids, string Predicted, double Logprob)
{
    internal static IReadOnlyList<GoldenCall> Load()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("models", "starter", "golden.json")));
        return
        [
            .. document.RootElement.EnumerateArray().Select(e => new GoldenCall(
                e.GetProperty("request").GetString()!,
                [.. e.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())],
                Write(e.GetProperty("predicted").GetProperty("tool").GetString()!, e.GetProperty("predicted").GetProperty("slots").EnumerateArray().Select(s => (s[0].GetString()!, s[1].GetString()!))),
                e.GetProperty("logprob").GetDouble())),
        ];
    }

    internal static string Write(Extraction call) => Write(call.Tool, call.Spans.Select(s => (s.Slot, s.Value)));

    private static string Write(string tool, IEnumerable<(string Slot, string Value)> slots) =>
        $"{tool} {string.Join(" | ", slots.OrderBy(s => s.Slot, StringComparer.Ordinal).Select(s => $"{s.Slot}={s.Value}"))}";
}
