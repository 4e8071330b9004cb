namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    // Another adapter makes llama.cpp lay out its graphs anew, which takes a third of a small model's step: a turn of several
    // steps keeps that below a tenth of the time, and lets the others wait no longer than these steps.
    private const int TurnSteps = 4;

    private readonly List<(LlamaAdapter Adapter, TaskCompletionSource Done)> _unloading = [];
    private LlamaAdapter? _adapter;
    private long _step;
    private long _turnStart;

    /// <summary>Lets go of an adapter: its requests end with <see cref="ObjectDisposedException"/>, and what they left in the cache is removed. Waits for the step that is running.</summary>
    internal void Unload(LlamaAdapter adapter)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_disposing)
            {
                return;
            }

            _unloading.Add((adapter, done));
        }

        Wake();
        if (!_thread.IsCurrent)
        {
            done.Task.Wait();
        }
    }

    /// <summary>Sets the adapter of this step. A group keeps its turn for some steps; then the one that has waited longest follows.</summary>
    private void TakeTurn()
    {
        _step++;
        GenerationRequest longest = _active.MinBy(r => r.LastTurn)!;
        bool ends = _step - _turnStart >= TurnSteps || !_active.Exists(r => r.Adapter == _adapter);
        if (ends && longest.Adapter != _adapter)
        {
            Use(longest.Adapter);
        }

        foreach (GenerationRequest request in _active.Where(r => r.Adapter == _adapter))
        {
            request.LastTurn = _step;
        }
    }

    private unsafe void Use(LlamaAdapter? adapter)
    {
        // The context points to the adapter: it must not be freed before another one is set.
        bool referenced = false;
        adapter?.Handle.DangerousAddRef(ref referenced);
        nint pointer = adapter?.Handle.DangerousGetHandle() ?? 0;
        float scale = 1;
        int result = LlamaFunctions.llama_set_adapters_lora(_context, &pointer, adapter is null ? 0u : 1u, &scale);
        LlamaAdapter? released = result == 0 ? _adapter : adapter;
        released?.Handle.DangerousRelease();
        if (result != 0)
        {
            throw new LlamaModelException(_model.Origin, $"llama.cpp could not set the adapter {adapter?.Name ?? "to none"} (code {result}).");
        }

        _adapter = adapter;
        _turnStart = _step;
    }

    private void UnloadAdapters()
    {
        (LlamaAdapter Adapter, TaskCompletionSource Done)[] unloading;
        lock (_gate)
        {
            if (_unloading.Count == 0)
            {
                return;
            }

            // Whatever was submitted before the adapter was disposed is known here; later requests are refused.
            EnqueueIncoming();
            unloading = [.. _unloading];
            _unloading.Clear();
        }

        try
        {
            Array.ForEach(unloading, u => Unload(u.Adapter, new ObjectDisposedException(u.Adapter.Name, "The adapter was disposed while the request was running.")));
        }
        finally
        {
            Array.ForEach(unloading, u => u.Done.SetResult());
        }
    }

    private void Unload(LlamaAdapter adapter, ObjectDisposedException error)
    {
        foreach (GenerationRequest request in _active.Concat(_waiting).Where(r => r.Adapter == adapter).ToArray())
        {
            _waiting.Remove(request);
            Release(request, keep: false);
            request.Fail(error);
        }

        foreach (KvSequence sequence in _sequences.Where(s => s.Adapter == adapter))
        {
            Truncate(sequence, 0);
            sequence.Adapter = null;
        }

        if (_adapter == adapter)
        {
            Use(null);
        }
    }

    private void EndUnloading()
    {
        lock (_gate)
        {
            _unloading.ForEach(u => u.Done.SetResult());
            _unloading.Clear();
        }
    }
}
