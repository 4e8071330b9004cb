using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private long _order;
    private int _accepted;
    private int _running;
    private (int Waiting, int Running) _reported;

    /// <summary>The requests that are being decoded.</summary>
    internal int Running => Volatile.Read(ref _running);

    /// <summary>The requests that were accepted and are not being decoded.</summary>
    internal int Waiting => Math.Max(Volatile.Read(ref _accepted) - Running, 0);

    /// <summary>Takes a request into the queue, or refuses it where that is full. Called under the lock.</summary>
    private void Enter(GenerationRequest request)
    {
        // Half of the places are kept free of background work, so that it never shuts the others out.
        int places = request.Priority == RequestPriority.Background ? _model.Options.MaxWaitingRequests / 2 : _model.Options.MaxWaitingRequests;
        if (Volatile.Read(ref _accepted) >= _limits.MaxConcurrent + places)
        {
            LlamaTelemetry.Refused(_model.Name);
            LlamaEvents.QueueFull(_model.Logger, _model.Name, Running, Waiting);
            throw new ModelBusyException(Running, Waiting, _model.Name);
        }

        request.SubmittedAt = Stopwatch.GetTimestamp();
        request.Rank = QueueRank.For(request.Priority, request.SubmittedAt, _order++);
        request.Ended = () => Leave(request);
        LlamaEvents.RequestAccepted(_model.Logger, _model.Name, request.PromptLength, Running, Waiting);
        Interlocked.Increment(ref _accepted);
        _incoming.Add(request);
    }

    private void Leave(GenerationRequest request)
    {
        Interlocked.Decrement(ref _accepted);
        double milliseconds = Stopwatch.GetElapsedTime(request.SubmittedAt).TotalMilliseconds;
        LlamaEvents.RequestEnded(_model.Logger, _model.Name, milliseconds, request.Generated);
    }

    /// <summary>Sorts what has arrived into the queue. Called under the lock.</summary>
    private void EnqueueIncoming()
    {
        _incoming.ForEach(Enqueue);
        _incoming.Clear();
    }

    private void Enqueue(GenerationRequest request)
    {
        int at = _waiting.FindLastIndex(r => r.Rank.CompareTo(request.Rank) < 0);
        _waiting.Insert(at + 1, request);
    }

    /// <summary>Gives up requests that have waited too long for their start.</summary>
    private void DropLate()
    {
        if (_model.Options.MaxQueueTime is not { } longest)
        {
            return;
        }

        foreach (GenerationRequest request in _waiting.Where(r => !r.Preempted && Stopwatch.GetElapsedTime(r.SubmittedAt) > longest).ToArray())
        {
            _waiting.Remove(request);
            LlamaTelemetry.Refused(_model.Name);
            TimeSpan waited = Stopwatch.GetElapsedTime(request.SubmittedAt);
            LlamaEvents.RequestLate(_model.Logger, _model.Name, waited.TotalMilliseconds);
            request.Fail(new ModelBusyException(_active.Count, _waiting.Count, _model.Name, waited));
        }
    }

    private void Preempt(GenerationRequest request, bool keep = false)
    {
        Release(request, keep);
        request.Preempted = true;
        Enqueue(request);
    }

    /// <summary>The running request that steps back for a waiting one: of a lower priority and a later rank, the last of these.</summary>
    private GenerationRequest? StepsBackFor(GenerationRequest waiting) =>
        _active.Where(r => r.Priority < waiting.Priority && r.Rank.CompareTo(waiting.Rank) > 0).MaxBy(r => r.Rank);

    private void ReportQueue()
    {
        Volatile.Write(ref _running, _active.Count);
        (int Waiting, int Running) now = (_waiting.Count, _active.Count);
        if (now != _reported)
        {
            LlamaTelemetry.Queue(_model.Name, now.Waiting - _reported.Waiting, now.Running - _reported.Running);
            _reported = now;
        }
    }
}
