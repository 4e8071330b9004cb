using System.Text.Json;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests;

/// <summary>What the rules say about traces that people judged.</summary>
public sealed class RealTraceTests
{
    [TestCase("gsm8k", 0, 4)]
    [TestCase("math", 0.01, 40)]
    public void Sound_traces_are_left_alone_and_false_equations_are_found(string set, double mostAlarms, int fewestFound)
    {
        int sound = 0, alarms = 0, found = 0;
        foreach ((ReasoningTrace trace, int label) in ProcessBench.Read(set))
        {
            IReadOnlyList<StepReason> reasons = TraceAnalysis.Of(trace).Reasons;
            sound += label < 0 ? 1 : 0;
            alarms += label < 0 && reasons.Count > 0 ? 1 : 0;
            found += label >= 0 && reasons.Any(r => r.Step == label) ? 1 : 0;
        }

        Assert.That((double)alarms / sound, Is.LessThanOrEqualTo(mostAlarms));
        Assert.That(found, Is.GreaterThanOrEqualTo(fewestFound));
    }

    [TestCase("multistep_arithmetic", 0.85)]
    [TestCase("tracking_shuffled_objects", 0.85)]
    public void The_first_mistake_of_an_exact_task_is_found(string task, double fewest)
    {
        int marked = 0, found = 0;
        foreach (JsonElement row in Lines("bigbench-mistake", task + ".jsonl"))
        {
            if (row.GetProperty("mistake_index") is { ValueKind: JsonValueKind.Number } index)
            {
                ReasoningTrace trace = new(row.GetProperty("input").GetString()!, [.. row.GetProperty("steps").EnumerateArray().Select(static s => s.GetString()!)]);
                marked++;
                found += TraceAnalysis.Of(trace).Reasons.Select(static r => r.Step).DefaultIfEmpty(-1).Min() == index.GetInt32() ? 1 : 0;
            }
        }

        Assert.That((double)found / marked, Is.GreaterThan(fewest));
    }

    [TestCase("gsm8k", "arithmetic")]
    [TestCase("math", "mathematics")]
    public void The_domain_of_judged_solutions_is_told(string set, string domain) =>
        Assert.That(Share(ProcessBench.Read(set).Select(static t => t.Trace), domain), Is.GreaterThanOrEqualTo(set == "math" ? 0.94 : 0.95));

    [TestCase("tracking_shuffled_objects", "logic")]
    [TestCase("logical_deduction", "logic")]
    [TestCase("multistep_arithmetic", "logic")]
    public void The_domain_of_puzzles_is_told(string task, string domain) => Assert.That(
        Share(Lines("bigbench-mistake", task + ".jsonl").Select(static row => new ReasoningTrace(row.GetProperty("input").GetString()!, [.. row.GetProperty("steps").EnumerateArray().Select(static s => s.GetString()!)])), domain),
        Is.GreaterThanOrEqualTo(0.95));

    [Test]
    public void The_domain_of_word_problems_is_told() => Assert.That(
        Share(Lines("gsm8k", "train.jsonl").Take(1500).Select(static row => new ReasoningTrace(row.GetProperty("question").GetString()!, StepSplitter.Split(row.GetProperty("answer").GetString()!))), "arithmetic"),
        Is.GreaterThanOrEqualTo(0.95));

    private static double Share(IEnumerable<ReasoningTrace> traces, string domain)
    {
        List<bool> right = [.. traces.Select(t => TraceAnalysis.Of(t).Domain == domain)];
        return (double)right.Count(static r => r) / right.Count;
    }

    private static IEnumerable<JsonElement> Lines(string folder, string file) =>
        File.ReadLines(SharedData.Require("data", folder, file)).Select(static l => JsonDocument.Parse(l).RootElement);
}
