namespace HeteroAgent.LlamaCpp;

/// <summary>Shares a queue of requests among workers on threads of their own; requests that wait together are decoded together.</summary>
/// <remarks><see cref="Submit"/> may be called from any thread. A worker is started when work waits and every other is busy, up to the limit.</remarks>
internal sealed class ExtractionScheduler : IDisposable
{
    /// <summary>More requests than this gain nothing from sharing a decode.</summary>
    private const int MostRequests = 32;
    private readonly Func<ExtractionWorker> _createWorker;
    private readonly int _mostWorkers;
    private readonly int _mostTokens;
    private readonly string _name;
    private readonly Lock _gate = new();
    private readonly Queue<ExtractionRequest> _waiting = [];
    private readonly List<ExtractionService> _services = [];
    private readonly Stack<ExtractionService> _idle = [];
    private int _woken;
    private bool _disposed;

    internal ExtractionScheduler(ExtractionSchema schema, IReadOnlyList<LlamaModel> models, IReadOnlyList<ExtractionVocabulary> vocabularies, int tokens, int workers)
    {
        _createWorker = () => new ExtractionWorker(schema, models, vocabularies, tokens, MostRequests);
        _mostWorkers = workers;
        _mostTokens = tokens;
        _name = models[0].Name;

        // The first worker is made here, so that a model that cannot be decoded is refused when it is loaded.
        _idle.Push(Start(_createWorker()));
    }

    /// <summary>Ends the threads of a model that was forgotten.</summary>
    ~ExtractionScheduler()
    {
        _disposed = true;
        _services?.ForEach(static s => s.Post());
    }

    internal bool IsDisposed => Volatile.Read(ref _disposed);

    internal void Submit(IReadOnlyList<ExtractionRequest> requests)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, _name);
            foreach (ExtractionRequest request in requests)
            {
                request.WatchCancellation();
                _waiting.Enqueue(request);
            }

            for (int wanted = _waiting.Count - _woken; wanted > 0 && _idle.TryPop(out ExtractionService? idle); wanted--)
            {
                Wake(idle);
            }

            if (_woken < Math.Min(_waiting.Count, _mostWorkers) && _services.Count < _mostWorkers)
            {
                Wake(Start(worker: null));
            }
        }
    }

    /// <summary>Ends the waiting requests with <see cref="ObjectDisposedException"/>, lets the running batches end and frees the contexts.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        ExtractionService[] services;
        lock (_gate)
        {
            _disposed = true;
            while (_waiting.TryDequeue(out ExtractionRequest? request))
            {
                request.Fail(new ObjectDisposedException(_name, "The extractive model was disposed while the request was waiting."));
            }

            services = [.. _services];
        }

        Array.ForEach(services, static s => s.Post());
        Array.ForEach(services, static s => s.Join());
    }

    private ExtractionService Start(ExtractionWorker? worker)
    {
        ExtractionService service = new(Serve, worker, $"extraction {_name}");
        _services.Add(service);
        return service;
    }

    private void Wake(ExtractionService service)
    {
        _woken++;
        service.Post();
    }

    /// <summary>Labels until nothing waits; false when this thread is to end.</summary>
    private bool Serve(ExtractionService service)
    {
        List<ExtractionRequest> batch = [];
        try
        {
            for (bool woken = true; Take(service, batch, woken); woken = false)
            {
                service.Worker ??= _createWorker();
                service.Worker.Run(batch);
                batch.Clear();
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, not to this thread.
        catch (Exception e)
        {
            batch.ForEach(r => r.Fail(e));
            Replace(service);
            return false;
        }
#pragma warning restore CA1031

        if (!IsDisposed)
        {
            return true;
        }

        service.Worker?.Dispose();
        return false;
    }

    /// <summary>A failed worker is replaced by a fresh one where more requests wait.</summary>
    private void Replace(ExtractionService service)
    {
        service.Worker?.Dispose();
        lock (_gate)
        {
            _services.Remove(service);
            if (!_disposed && _waiting.Count > 0)
            {
                Wake(Start(worker: null));
            }
        }
    }

    /// <summary>Takes this worker's share of what waits; false when there is nothing, and the worker is idle then.</summary>
    private bool Take(ExtractionService service, List<ExtractionRequest> batch, bool woken)
    {
        lock (_gate)
        {
            _woken -= woken && _woken > 0 ? 1 : 0;
            while (_waiting.Count > 0)
            {
                // Those that were woken as well want their share.
                int share = Math.Clamp((_waiting.Count + _woken) / (_woken + 1), 1, MostRequests);
                int tokens = 0;
                while (batch.Count < share && _waiting.TryPeek(out ExtractionRequest? next))
                {
                    if (next.Task.IsCompleted)
                    {
                        _waiting.Dequeue();
                        continue;
                    }

                    if (tokens + next.TokenCount > _mostTokens)
                    {
                        break;
                    }

                    tokens += next.TokenCount;
                    batch.Add(_waiting.Dequeue());
                }

                if (batch.Count > 0)
                {
                    return true;
                }
            }

            _idle.Push(service);
            return false;
        }
    }
}
