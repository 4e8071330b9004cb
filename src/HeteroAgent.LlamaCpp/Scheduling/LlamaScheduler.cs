using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

/// <summary>Owns a model's native context on a thread of its own, and decodes all running requests in shared batches.</summary>
/// <remarks>
/// <para>Continuous batching: every step takes one token of each request that is generating, and fills the rest of the batch
/// with prompt tokens, so few that a long prompt does not stall the others. A request is admitted in the order of its rank, when its
/// prompt and the answer that it may need fit into the KV cache; a prompt starts from the longest prefix that any sequence
/// holds, by sharing that sequence's cells.</para>
/// <para>An adapter belongs to a whole step: requests with the same one are decoded together, and the groups take turns.</para>
/// <para>The thread references the scheduler only while there is work, so that a model that is forgotten is freed.</para>
/// <para><see cref="Submit"/> may be called from any thread; everything else runs on the scheduler's thread.</para>
/// </remarks>
internal sealed partial class LlamaScheduler : IDisposable
{
    private readonly LlamaModel _model;
    private readonly Lock _gate = new();
    private readonly List<GenerationRequest> _incoming = [];
    private readonly List<GenerationRequest> _waiting = [];
    private readonly List<GenerationRequest> _active = [];
    private readonly ServiceThread _thread;
    private readonly Func<bool> _serve;
    private volatile bool _disposing;

    internal LlamaScheduler(LlamaModel model)
    {
        _model = model;
        _limits = SchedulerLimits.For(model);
        _governor = new ThreadGovernor(model.Threads, model.BatchThreads);
        _budget = new PrefillBudget(_limits, model.Options.PrefillChunk);
        _context = CreateContext(model, _limits);
        _memory = LlamaFunctions.llama_get_memory(_context);
        if (_memory == 0)
        {
            _context.Dispose();
            throw new LlamaModelException(model.Origin, $"a model of the architecture {model.Architecture} has no KV cache and writes no text; it can only embed or label.");
        }

        ContextLength = Math.Min((int)_context.ContextSize, model.ContextLength);
        _cells = new KvCells(ContextLength);
        _batch = new NativeBatch(_limits.BatchCapacity, _limits.ScoringSequences);
        _sequences = [.. Enumerable.Range(0, _limits.Sequences).Select(id => new KvSequence(id))];
        _scratch = new float[model.Vocabulary.Count];
        _partialRemoval = !model.Handle.IsRecurrent && !LlamaFunctions.llama_model_is_hybrid(model.Handle);
        if (_partialRemoval && model.Options.PrefixCacheDirectory is { } folder)
        {
            _prefixCache = new PrefixCache(model, folder, model.Options.PrefixCacheMaxBytes);
        }

        _serve = Serve;
        _thread = new ServiceThread($"llama.cpp {model.Name}");
        _thread.Start();
    }

    /// <summary>Ends the thread of a model that was forgotten. Nothing runs then: a request keeps its scheduler alive.</summary>
    ~LlamaScheduler()
    {
        if (_serve is not null)
        {
            _disposing = true;
            Wake();
        }
    }

    /// <summary>The tokens that the KV cache holds.</summary>
    internal int ContextLength { get; }

    /// <summary>The cells of the KV cache that no sequence holds. Only exact while nothing runs.</summary>
    internal int FreeCells => _cells.Free;

    /// <summary>Puts a request in the queue.</summary>
    /// <exception cref="ContextOverflowException">The prompt, and the shortest answer that is asked for, can never fit.</exception>
    /// <exception cref="ModelBusyException">The queue is full.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    internal void Submit(GenerationRequest request)
    {
        if (request.PromptLength > ContextLength - request.ShortestAnswer)
        {
            throw new ContextOverflowException(request.PromptLength, ContextLength, _model.Name, request.ShortestAnswer);
        }

        request.CancellationToken.ThrowIfCancellationRequested();
        _prefixCache?.Attach(request);
        GenerationFinish finish = request.Choices is null ? Force(request) : GenerationFinish.None;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposing, _model);
            ObjectDisposedException.ThrowIf(request.Adapter is { IsDisposed: true }, request.Adapter!);
            if (finish != GenerationFinish.None)
            {
                // Nothing was left to the model.
                request.Complete(finish);
                return;
            }

            Enter(request);
        }

        Wake();
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        lock (_gate)
        {
            if (_disposing)
            {
                return;
            }

            _disposing = true;
        }

        Wake();
        _thread.Join();
    }

    private void Wake() => _thread.Post(_serve);

    /// <summary>Decodes until nothing is left to do; false when the model is disposed.</summary>
    private bool Serve()
    {
        bool goesOn = false;
        try
        {
            goesOn = RunRounds();
            return goesOn;
        }
        finally
        {
            if (!goesOn)
            {
                End();
            }
        }
    }

    private bool RunRounds()
    {
        while (!_disposing)
        {
            try
            {
                if (!Round())
                {
                    return true;
                }
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers, not to this thread, which serves those that come later.
            catch (Exception e)
            {
                Recover(e);
            }
#pragma warning restore CA1031
        }

        return false;
    }

    private void End()
    {
        lock (_gate)
        {
            _disposing = true;
        }

        EndUnloading();
        FailAll(new ObjectDisposedException(_model.Name, "The model was disposed while the request was running."));
        ReportQueue();
        _prefixCache?.Dispose();
        _batch.Dispose();
        _context.Dispose();
        _adapter?.Handle.DangerousRelease();
    }

    /// <summary>Admits and decodes once; false when there is nothing to do.</summary>
    private bool Round()
    {
        TakeIncoming();
        UnloadAdapters();
        DropCancelled();
        DropLate();
        Admit();
        ReportQueue();
        if (_active.Count == 0)
        {
            return false;
        }

        TakeTurn();
        FillBatch();
        if (_batch.Count == 0)
        {
            return true;
        }

        DecodeStep();
        GenerationRequest[] ready = [.. _active.Where(r => r.OutputIndex >= 0)];
        foreach (GenerationRequest request in ready.Where(r => r.Choices is null))
        {
            Attempt(request, Advance);
        }

        // Scoring decodes again, which overwrites the logits: it comes last, in two passes. This batch is done with, so
        // that any younger request may step back for it.
        _active.ForEach(r => r.InBatch = false);
        GenerationRequest[] scoring = [.. ready.Where(r => r.Choices is not null)];
        Array.ForEach(scoring, r => Attempt(r, ScoreFirstTokens));
        Array.ForEach(scoring, ScoreRest);
        return true;
    }

    /// <summary>Does what concerns one request only: where it fails, the others go on.</summary>
    private void Attempt(GenerationRequest request, Action<GenerationRequest> step)
    {
        try
        {
            step(request);
        }
#pragma warning disable CA1031 // A constraint or a sampler that fails belongs to its caller.
        catch (Exception e)
        {
            Release(request, keep: false);
            request.Fail(AsModelException(e));
        }
#pragma warning restore CA1031
    }

    /// <summary>After a step that failed the cache is in an unknown state: its requests fail, later ones start afresh.</summary>
    private void Recover(Exception error)
    {
        Exception reported = AsModelException(error);
        LlamaEvents.StepFailed(_model.Logger, reported, _model.Name, _active.Count == 0 ? _waiting.Count : _active.Count);
        if (_active.Count == 0)
        {
            _waiting.ForEach(r => r.Fail(reported));
            _waiting.Clear();
        }

        foreach (GenerationRequest request in _active)
        {
            request.Sequence!.Owner = null;
            request.Sequence = null;
            request.Fail(reported);
        }

        _active.Clear();
        ClearCache();
    }

    private LlamaModelException AsModelException(Exception error) =>
        error as LlamaModelException ?? new LlamaModelException(_model.Origin, $"a step failed: {error.Message}", error);

    private void Decode()
    {
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        long start = Stopwatch.GetTimestamp();
        int result = _governor.Run(_context, _batch);
        StepCost.Report(_batch.Count, Stopwatch.GetTimestamp() - start);
        if (result != 0)
        {
            throw new LlamaModelException(_model.Origin, $"decoding {_batch.Count} tokens failed with code {result}: {log.Text("llama.cpp gave no reason")}");
        }
    }

    private void TakeIncoming()
    {
        lock (_gate)
        {
            EnqueueIncoming();
        }
    }

    private void DropCancelled()
    {
        _waiting.RemoveAll(request =>
        {
            bool cancelled = request.IsCancelled;
            if (cancelled)
            {
                request.Fail(new OperationCanceledException(request.CancellationToken));
            }

            return cancelled;
        });
        foreach (GenerationRequest request in _active.Where(r => r.IsCancelled).ToArray())
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
