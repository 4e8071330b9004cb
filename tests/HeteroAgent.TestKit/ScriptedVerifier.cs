using System.Collections.Concurrent;

namespace HeteroAgent.TestKit;

/// <summary>A verifier that scores as the test says and remembers what it was shown. Thread-safe.</summary>
public sealed class ScriptedVerifier(Func<ReasoningTrace, int, double> score) : IProcessVerifier
{
    private readonly ConcurrentQueue<ReasoningTrace> _traces = new();

    /// <summary>Passes every step.</summary>
    public ScriptedVerifier()
        : this(static (_, _) => 1)
    {
    }

    /// <summary>Fails each step that holds a mark.</summary>
    public ScriptedVerifier(string mark)
        : this((trace, i) => trace.Steps[i].Contains(mark, StringComparison.Ordinal) ? 0 : 1)
    {
    }

    public IReadOnlyList<ReasoningTrace> Traces => [.. _traces];

    public bool Abstains { get; init; }

    public ValueTask<VerificationResult> VerifyAsync(ReasoningTrace trace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        cancellationToken.ThrowIfCancellationRequested();
        _traces.Enqueue(trace);
        StepScore[] steps = [.. trace.Steps.Select((_, i) => new StepScore(i, score(trace, i)))];
        int first = Array.FindIndex(steps, static s => s.Score < 0.5);
        return new(new VerificationResult(steps, first, first < 0 ? [] : [new(first, $"step {first + 1}: does not hold")]) { IsAbstained = Abstains, Domain = "scripted" });
    }
}
