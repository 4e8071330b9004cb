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
    private readonly object _gate = new();
    private readonly Queue<ExtractionRequest> _waiting = [];
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _disposed;

    internal ExtractionScheduler(ExtractionSchema schema, IReadOnlyList<LlamaModel> models, IReadOnlyList<ExtractionVocabulary> vocabularies, int tokens, int workers)
    {
        _createWorker = () => new ExtractionWorker(schema, models, vocabularies, tokens, MostRequests);
        _mostWorkers = workers;
        _mostTokens = tokens;
        _name = models[0].Name;

        // The first worker starts here, so that a model that cannot be decoded is refused when it is loaded.
        Start(_createWorker());
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

            if (_idle < Math.Min(_waiting.Count, _mostWorkers) && _threads.Count < _mostWorkers)
            {
                Start(worker: null);
            }

            if (requests.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
            else
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Ends the waiting requests with <see cref="ObjectDisposedException"/>, lets the running batches end and frees the contexts.</summary>
    public void Dispose()
    {
        Thread[] threads;
        lock (_gate)
        {
            _disposed = true;
            while (_waiting.TryDequeue(out ExtractionRequest? request))
            {
                request.Fail(new ObjectDisposedException(_name, "The extractive model was disposed while the request was waiting."));
            }

            Monitor.PulseAll(_gate);
            threads = [.. _threads];
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    private void Start(ExtractionWorker? worker)
    {
        Thread thread = new(() => Run(worker)) { IsBackground = true, Name = $"extraction {_name}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Run(ExtractionWorker? worker)
    {
        List<ExtractionRequest> batch = [];
        try
        {
            while (Take(batch))
            {
                worker ??= _createWorker();
                worker.Run(batch);
                batch.Clear();
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, not to this thread.
        catch (Exception e)
        {
            batch.ForEach(r => r.Fail(e));
            Restart(worker);
            return;
        }
#pragma warning restore CA1031

        worker?.Dispose();
    }

    /// <summary>A failed worker is replaced by a fresh one at the next request.</summary>
    private void Restart(ExtractionWorker? worker)
    {
        worker?.Dispose();
        lock (_gate)
        {
            _threads.Remove(Thread.CurrentThread);
            if (!_disposed && _waiting.Count > 0)
            {
                Start(worker: null);
            }
        }
    }

    /// <summary>Waits for requests and takes this worker's share of them; false when the model is disposed.</summary>
    private bool Take(List<ExtractionRequest> batch)
    {
        lock (_gate)
        {
            do
            {
                while (_waiting.Count == 0)
                {
                    if (_disposed)
                    {
                        return false;
                    }

                    _idle++;
                    Monitor.Wait(_gate);
                    _idle--;
                }

                // The idle workers were woken as well and want their share.
                int share = Math.Clamp((_waiting.Count + _idle) / (_idle + 1), 1, MostRequests);
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
            }
            while (batch.Count == 0);
            return true;
        }
    }
}
