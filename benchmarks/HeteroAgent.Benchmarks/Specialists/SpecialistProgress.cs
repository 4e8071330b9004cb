using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Prints a line now and then, and keeps the speeds.</summary>
internal sealed class SpecialistProgress(string name) : IProgress<TuningProgress>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(20);
    private TimeSpan _next;

    internal List<double> TokensPerSecond { get; } = [];

    public void Report(TuningProgress value)
    {
        TokensPerSecond.Add(value.TokensPerSecond);
        if (value.Elapsed >= _next || value.Step == value.Steps)
        {
            _next = value.Elapsed + Between;
            Console.Error.WriteLine($"{name}: {value.Step} of {value.Steps}, loss {value.Loss:0.000}, {value.TokensPerSecond:0} tokens/s, {value.Remaining?.TotalMinutes:0.0} min left");
        }
    }
}
