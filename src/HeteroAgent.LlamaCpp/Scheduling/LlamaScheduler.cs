using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a model's native context on a thread of its own, and decodes all running requests in shared batches.</summary>
/// <remarks>
/// <para>Continuous batching: every step takes one token of each request that is generating, and fills the rest of the batch
/// with prompt tokens in the order of arrival, so that a long prompt does not stall the others. A request is admitted when its
/// prompt and the answer that it may need fit into the KV cache; a prompt starts from the longest prefix that any sequence
/// holds, by sharing that sequence's cells.</para>
/// <para><see cref="Submit"/> may be called from any thread; everything else runs on the scheduler's thread.</para>
/// </remarks>
internal sealed partial class LlamaScheduler : IDisposable
{
    private readonly LlamaModel _model;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly List<GenerationRequest> _incoming = [];
    private readonly List<GenerationRequest> _waiting = [];
    private readonly List<GenerationRequest> _active = [];
    private readonly Thread _thread;
    private long _order;
    private volatile bool _disposing;

    internal LlamaScheduler(LlamaModel model)
    {
        _model = model;
        _limits = SchedulerLimits.For(model);
        _governor = new ThreadGovernor(model.Threads, model.BatchThreads);
        _context = CreateContext(model, _limits);
        _memory = Interop.Llama.llama_get_memory(_context);
        ContextLength = (int)Interop.Llama.llama_n_ctx(_context);
        _cells = new KvCells(ContextLength);
        _batch = new NativeBatch(Math.Max(_limits.BatchSize, _limits.MaxConcurrent), _limits.ScoringSequences);
        _sequences = [.. Enumerable.Range(0, _limits.Sequences).Select(id => new KvSequence(id))];
        _scratch = new float[model.Vocabulary.Count];
        _partialRemoval = !Interop.Llama.llama_model_is_recurrent(model.Handle) && !Interop.Llama.llama_model_is_hybrid(model.Handle);
        _thread = new Thread(Run) { IsBackground = true, Name = $"llama.cpp {model.Name}" };
        _thread.Start();
    }

    /// <summary>The tokens that the KV cache holds.</summary>
    internal int ContextLength { get; }

    /// <summary>Puts a request in the queue.</summary>
    /// <exception cref="ContextOverflowException">The prompt can never fit.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    internal void Submit(GenerationRequest request)
    {
        int needed = request.PromptLength + (request.Choices?.Max(c => c.Length) - 1 ?? 0);
        if (needed >= ContextLength)
        {
            throw new ContextOverflowException(needed, ContextLength, _model.Name);
        }

        request.CancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposing, _model);
            request.Order = _order++;
            _incoming.Add(request);
        }

        _wake.Release();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposing)
            {
                return;
            }

            _disposing = true;
        }

        _wake.Release();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_disposing)
            {
                TakeIncoming();
                DropCancelled();
                Admit();
                if (_active.Count == 0)
                {
                    _wake.Wait();
                    continue;
                }

                Step();
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, not to this thread.
        catch (Exception e)
        {
            FailAll(e);
        }
#pragma warning restore CA1031
        finally
        {
            lock (_gate)
            {
                _disposing = true;
            }

            FailAll(new ObjectDisposedException(_model.Name, "The model was disposed while the request was running."));
            _batch.Dispose();
            _context.Dispose();
        }
    }

    private void Step()
    {
        try
        {
            FillBatch();
            if (_batch.Count == 0 || !Decode())
            {
                return;
            }

            GenerationRequest[] ready = [.. _active.Where(r => r.OutputIndex >= 0)];
            foreach (GenerationRequest request in ready.Where(r => r.Choices is null))
            {
                Advance(request);
            }

            // Scoring decodes again, which overwrites the logits: it comes last, in two passes.
            GenerationRequest[] scoring = [.. ready.Where(r => r.Choices is not null)];
            Array.ForEach(scoring, ScoreFirstTokens);
            Array.ForEach(scoring, ScoreRest);
        }
        catch (LlamaModelException e)
        {
            // A failed step leaves the cache in an unknown state: its requests fail, later ones start afresh.
            foreach (GenerationRequest request in _active.ToArray())
            {
                Release(request, keep: false);
                request.Fail(e);
            }

            ClearCache();
        }
    }

    private bool Decode()
    {
        int tokens = _batch.Count;
        int threads = _governor.Choose(tokens);
        Interop.Llama.llama_set_n_threads(_context, threads, threads);
        long start = Stopwatch.GetTimestamp();
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        int result = Interop.Llama.llama_decode(_context, _batch.Value);
        if (result == 0)
        {
            _governor.Report(tokens, threads, Stopwatch.GetTimestamp() - start);
            return true;
        }

        const int Aborted = 2;
        if (result == Aborted && _disposing)
        {
            return false;
        }

        throw new LlamaModelException(_model.Path, $"decoding {tokens} tokens failed with code {result}: {log.Text("llama.cpp gave no reason")}");
    }

    private void TakeIncoming()
    {
        lock (_gate)
        {
            _waiting.AddRange(_incoming);
            _incoming.Clear();
        }
    }

    private void DropCancelled()
    {
        _waiting.RemoveAll(request =>
        {
            bool cancelled = request.CancellationToken.IsCancellationRequested;
            if (cancelled)
            {
                request.Fail(new OperationCanceledException(request.CancellationToken));
            }

            return cancelled;
        });
        foreach (GenerationRequest request in _active.Where(r => r.CancellationToken.IsCancellationRequested).ToArray())
        {
            Release(request, keep: true);
            request.Fail(new OperationCanceledException(request.CancellationToken));
        }
    }

    private void FailAll(Exception error)
    {
        TakeIncoming();
        foreach (GenerationRequest request in _active.Concat(_waiting))
        {
            request.Fail(error);
        }

        _active.Clear();
        _waiting.Clear();
    }
}
