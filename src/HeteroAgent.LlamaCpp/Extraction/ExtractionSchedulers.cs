namespace HeteroAgent.LlamaCpp;

/// <summary>The extraction schedulers that use a model, to be ended before it. It does not keep them alive.</summary>
internal sealed class ExtractionSchedulers : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<WeakReference<ExtractionScheduler>> _schedulers = [];

    internal void Add(ExtractionScheduler scheduler)
    {
        lock (_gate)
        {
            _schedulers.RemoveAll(static s => !s.TryGetTarget(out ExtractionScheduler? known) || known.IsDisposed);
            _schedulers.Add(new WeakReference<ExtractionScheduler>(scheduler));
        }
    }

    public void Dispose()
    {
        WeakReference<ExtractionScheduler>[] schedulers;
        lock (_gate)
        {
            schedulers = [.. _schedulers];
        }

        foreach (WeakReference<ExtractionScheduler> scheduler in schedulers)
        {
            if (scheduler.TryGetTarget(out ExtractionScheduler? known))
            {
                known.Dispose();
            }
        }
    }
}
