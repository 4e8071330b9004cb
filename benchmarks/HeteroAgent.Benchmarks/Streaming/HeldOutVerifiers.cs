using System.Diagnostics;
using System.Text.Json.Nodes;
using HeteroAgent.Onnx;

namespace HeteroAgent.Benchmarks;

/// <summary>Verifiers trained by cross-validation over questions: each judges only traces whose question it has not seen.</summary>
internal sealed class HeldOutVerifiers : IDisposable
{
    private const int Folds = 5;
    private readonly ProcessVerifier[] _verifiers;
    private readonly Dictionary<string, int> _fold;

    private HeldOutVerifiers(ProcessVerifier[] verifiers, Dictionary<string, int> fold, JsonObject description)
    {
        _verifiers = verifiers;
        _fold = fold;
        Description = description;
    }

    internal JsonObject Description { get; }

    internal static HeldOutVerifiers Train(IReadOnlyList<RecordedTrace> traces, IReadOnlyList<RecordedTrace> others)
    {
        string[] questions = [.. traces.Select(static t => Key(t.Question)).Distinct().Order(StringComparer.Ordinal)];
        new Random(1).Shuffle(questions);
        Dictionary<string, int> fold = questions.Select(static (q, i) => (q, i)).ToDictionary(static p => p.q, static p => p.i % Folds);
        long start = Stopwatch.GetTimestamp();
        ProcessVerifier[] verifiers = [.. Enumerable.Range(0, Folds).Select(f => ProcessVerifier.Load(ProcessVerifierTrainer.Train(
            [.. traces.Where(t => fold[Key(t.Question)] != f).Concat(others.Where(t => !fold.TryGetValue(Key(t.Question), out int of) || of != f)).Select(Labeled)])))];
        return new(verifiers, fold, new JsonObject
        {
            ["folds"] = Folds,
            ["split"] = "by question",
            ["traces_beside_the_replayed"] = others.Count,
            ["sources"] = "ProcessBench GSM8K and MATH; not the weak labels that the shipped verifier is trained on too",
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1),
        });
    }

    /// <summary>The verifier that has not seen this trace's question.</summary>
    internal IProcessVerifier For(RecordedTrace trace) => _verifiers[_fold[Key(trace.Question)]];

    public void Dispose() => Array.ForEach(_verifiers, static v => v.Dispose());

    private static LabeledTrace Labeled(RecordedTrace trace) => new(new ReasoningTrace(trace.Question, trace.Steps), trace.FirstError);

    private static string Key(string question) => string.Concat(question.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
