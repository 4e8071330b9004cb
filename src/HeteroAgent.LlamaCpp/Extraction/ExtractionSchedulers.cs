namespace HeteroAgent.LlamaCpp;

/// <summary>The extraction schedulers that use a model, to be ended before it.</summary>
internal sealed class ExtractionSchedulers : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ExtractionScheduler> _schedulers = [];

    internal void Add(ExtractionScheduler scheduler)
    {
        lock (_gate)
        {
            _schedulers.RemoveAll(s => s.IsDisposed);
            _schedulers.Add(scheduler);
        }
    }

    public void Dispose()
    {
        ExtractionScheduler[] schedulers;
        lock (_gate)
        {
            schedulers = [.. _schedulers];
        }

        Array.ForEach(schedulers, s => s.Dispose());
    }
}
