using System.Text.Json;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>Reads the public data sets that a process verifier is trained on, from a folder that holds one folder a set.</summary>
internal static class Corpus
{
    internal const string ProcessBenchGsm8k = "processbench-gsm8k";
    internal const string ProcessBenchMath = "processbench-math";
    internal const string Agents = "agentprocessbench";
    internal const string VerifyCot = "verify-cot";
    internal const string BigBench = "bigbench-mistake";

    // Puzzles whose errors exact rules find; they must not crowd out the word problems.
    private const double LogicWeight = 0.4;

    /// <summary>Reads every set that is there.</summary>
    /// <exception cref="UsageException">The folder holds none of them.</exception>
    public static IReadOnlyList<CorpusTrace> Read(string folder)
    {
        List<CorpusTrace> traces = [];
        traces.AddRange(ProcessBench(Path.Combine(folder, "processbench", "gsm8k.json"), ProcessBenchGsm8k));
        traces.AddRange(ProcessBench(Path.Combine(folder, "processbench", "math.json"), ProcessBenchMath));
        traces.AddRange(AgentRuns.Read(Path.Combine(folder, "agentprocessbench", "hotpotqa.jsonl")));
        foreach (string set in (string[])["addsub_100", "gsm8k_100", "date_100", "last_letters_100"])
        {
            traces.AddRange(JudgedChains(Path.Combine(folder, "verify-cot", set + ".json")));
        }

        foreach (string set in (string[])["logical_deduction", "multistep_arithmetic", "tracking_shuffled_objects"])
        {
            traces.AddRange(Mistakes(Path.Combine(folder, "bigbench-mistake", set + ".jsonl")));
        }

        if (traces.Count == 0)
        {
            throw new UsageException($"'{folder}' holds none of the data sets processbench, agentprocessbench, verify-cot and bigbench-mistake.");
        }

        traces.AddRange(GradeSchool.Read(Path.Combine(folder, "gsm8k")));
        return traces;
    }

    internal static IEnumerable<JsonElement> Lines(string path) => !File.Exists(path) ? [] : File.ReadLines(path)
        .Where(static l => !string.IsNullOrWhiteSpace(l))
        .Select(static l => JsonDocument.Parse(l).RootElement);

    private static JsonElement.ArrayEnumerator Items(string path) => JsonDocument.Parse(File.Exists(path) ? File.ReadAllBytes(path) : "[]"u8.ToArray()).RootElement.EnumerateArray();

    private static IEnumerable<CorpusTrace> ProcessBench(string path, string source) => Items(path).Select(row => new CorpusTrace(
        new(new(row.GetProperty("problem").GetString()!, Strings(row.GetProperty("steps"))), row.GetProperty("label").GetInt32()), source)
    {
        Generator = row.GetProperty("generator").GetString(),
        IsAnswerRight = row.GetProperty("final_answer_correct").GetBoolean(),
    });

    // A chain is judged as a whole, so that it cannot choose a threshold for the exact place; its paragraphs are its steps.
    private static IEnumerable<CorpusTrace> JudgedChains(string path) => Items(path).Select(row => new CorpusTrace(
        new(new(row.GetProperty("question").GetString()!, StepSplitter.Split(row.GetProperty("answer").GetString()!)), row.GetProperty("flag").GetInt32() == 1 ? -1 : LabeledTrace.SomewhereWrong) { IsWeak = true }, VerifyCot)
    {
        IsAnswerRight = row.GetProperty("correct").GetBoolean(),
    });

    private static IEnumerable<CorpusTrace> Mistakes(string path) => Lines(path).Select(row => new CorpusTrace(
        new(new(row.GetProperty("input").GetString()!, Strings(row.GetProperty("steps"))), row.GetProperty("mistake_index") is { ValueKind: JsonValueKind.Number } index ? index.GetInt32() : -1) { IsWeak = IsBareExpression(row), Weight = LogicWeight }, BigBench)
    {
        IsAnswerRight = row.GetProperty("answer").GetString() == row.GetProperty("target").GetString(),
    });

    // Bare expressions, nearly all of them computed wrongly, say nothing about where the threshold for word problems should be.
    private static bool IsBareExpression(JsonElement row) => row.GetProperty("input").GetString()!.TrimEnd().EndsWith('=');

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(static s => s.GetString()!)];
}
