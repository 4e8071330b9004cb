using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>The losses and validations of a training, by its parts.</summary>
internal sealed class TrainingLog
{
    private readonly List<Part> _parts = [];

    internal IReadOnlyList<Part> Parts => _parts;

    /// <summary>The minutes of all parts together.</summary>
    internal double Minutes => _parts.Sum(p => p.Elapsed.TotalMinutes);

    internal void Add(TuningProgress progress)
    {
        string stage = progress.Stage ?? "training";
        if (_parts.Count == 0 || _parts[^1].Stage != stage)
        {
            _parts.Add(new Part(stage));
        }

        Part part = _parts[^1];
        part.Elapsed = progress.Elapsed;
        if (double.IsFinite(progress.Loss) && (part.Losses.Count == 0 || part.Losses[^1].Step != progress.Step))
        {
            part.Losses.Add((progress.Step, progress.Loss));
        }

        if (progress.ValidationMetric is { } metric && (part.Metrics.Count == 0 || part.Metrics[^1].Metric != metric))
        {
            part.Metrics.Add((progress.Step, metric));
        }
    }

    internal sealed class Part(string stage)
    {
        internal string Stage => stage;

        internal List<(int Step, double Loss)> Losses { get; } = [];

        internal List<(int Step, double Metric)> Metrics { get; } = [];

        internal TimeSpan Elapsed { get; set; }
    }
}
