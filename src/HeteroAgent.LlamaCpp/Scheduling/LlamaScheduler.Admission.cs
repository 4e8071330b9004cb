using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    // What is set aside for the answer of a request without a token limit; a longer answer takes cells as they are free.
    private const int AssumedAnswer = 256;

    // A prefix shorter than this is quicker decoded than waited for.
    private const int WorthWaitingFor = 32;

    // Used cells up to which finished sequences are kept for reuse, or a quarter of the cache where that is more.
    private const int LeastKept = 1024;

    private readonly KvCells _cells;
    private readonly KvSequence[] _sequences;
    private readonly bool _partialRemoval;

    /// <summary>Starts waiting requests in the order of their rank, as far as places, sequences and cells go.</summary>
    private void Admit()
    {
        for (int i = 0; i < _waiting.Count;)
        {
            GenerationRequest request = _waiting[i];
            bool full = _active.Count >= _limits.MaxConcurrent;
            if (full && StepsBackFor(request) is null)
            {
                return;
            }

            ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(request.Tokens);
            (KvSequence? source, int shared) = FindPrefix(tokens, request.Adapter);
            if (PrefixIsBeingDecoded(request, shared) || AwaitsSavedPrefix(request, shared))
            {
                i++;
                continue;
            }

            if (!full && TryRestore(request, shared))
            {
                continue;
            }

            if (full || !MakeRoom(tokens.Length - shared + Answer(request), source))
            {
                if (StepsBackFor(request) is { } other)
                {
                    Preempt(other, keep: full);
                    continue;
                }

                // Nobody overtakes: the cells that become free belong to the first in the queue.
                return;
            }

            // Removed last: where this fails, the request is still to be found.
            Start(request, source, shared);
            _waiting.RemoveAt(i);
        }
    }

    /// <summary>The cells to set aside for what is still to be generated.</summary>
    private int Answer(GenerationRequest request)
    {
        int longest = ContextLength - request.Tokens.Count;
        if (request.Choices is { } choices)
        {
            return Math.Min(longest, Math.Min(choices.Sum(c => c.Length), Math.Max(_limits.ScoringNodes, request.ShortestAnswer)));
        }

        return Math.Min(longest, request.MaxTokens is { } limit ? Math.Max(limit - request.Generated, 0) : AssumedAnswer);
    }

    private (KvSequence? Source, int Length) FindPrefix(ReadOnlySpan<int> tokens, LlamaAdapter? adapter)
    {
        (KvSequence? Source, int Length) best = (null, 0);
        foreach (KvSequence sequence in _sequences.Where(s => s.Adapter == adapter))
        {
            // The last token is decoded in any case, since its logits are needed.
            int length = Math.Min(sequence.CommonPrefix(tokens), tokens.Length - 1);
            bool usable = _partialRemoval || length == sequence.Length;
            bool better = length > best.Length || (length == best.Length && best.Source?.Owner is not null && sequence.Owner is null);
            if (length > 0 && usable && better)
            {
                best = (sequence, length);
            }
        }

        return best;
    }

    /// <summary>Whether a running request is about to decode a much longer common prefix than is cached now.</summary>
    private bool PrefixIsBeingDecoded(GenerationRequest request, int shared)
    {
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(request.Tokens);

        // Not for one of a lower priority, whose prompt is read last.
        foreach (GenerationRequest other in _active.Where(r => r.Adapter == request.Adapter && r.Priority >= request.Priority))
        {
            if (other.IsPrefilling && _partialRemoval)
            {
                int planned = Math.Min(CollectionsMarshal.AsSpan(other.Tokens).CommonPrefixLength(tokens), tokens.Length - 1);
                if (planned >= shared + WorthWaitingFor && other.Sequence!.Length < planned)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Frees kept sequences, the least recently used first, until the cells suffice.</summary>
    private bool MakeRoom(int needed, KvSequence? keep)
    {
        int reserved = _active.Sum(r => r.Pending + Answer(r));
        while (_cells.Free - reserved < needed)
        {
            KvSequence? victim = OldestKept(s => s != keep && s.Length > 0);
            if (victim is null)
            {
                // An empty machine serves any request that fits at all: then even the prefix is given up.
                return _active.Count == 0;
            }

            Truncate(victim, 0);
        }

        return true;
    }

    private KvSequence? OldestKept(Func<KvSequence, bool> which) =>
        _sequences.Where(s => s.Owner is null && which(s)).MinBy(s => s.LastUsed);

    private void Start(GenerationRequest request, KvSequence? source, int shared)
    {
        KvSequence sequence;
        if (source is { Owner: null } && (shared == source.Length || 2 * shared > source.Length || !_partialRemoval))
        {
            // A kept sequence that mostly agrees is continued in place.
            sequence = source;
            Truncate(sequence, shared);
        }
        else
        {
            sequence = OldestKept(s => s.Length == 0) ?? OldestKept(s => s != source) ?? throw new InvalidOperationException("Every sequence is in use.");
            Truncate(sequence, 0);
            if (source is not null && shared > 0)
            {
                NativeContext.Copy(_context, source.Id, sequence.Id, shared);
                sequence.ShareFrom(source, shared, _cells);
            }
        }

        sequence.Owner = request;
        sequence.Adapter = request.Adapter;
        request.Sequence = sequence;
        request.LastTurn = _step;
        if (!request.Preempted)
        {
            request.CachedTokens = shared;
            LlamaTelemetry.Started(_model.Name, Stopwatch.GetElapsedTime(request.SubmittedAt));
        }

        _active.Add(request);
    }

    private void Truncate(KvSequence sequence, int length)
    {
        if (sequence.Length == length)
        {
            return;
        }

        if (!NativeContext.Remove(_memory, sequence.Id, length, -1) && length > 0)
        {
            throw new LlamaModelException(_model.Origin, "llama.cpp could not remove the end of a sequence.");
        }

        sequence.Truncate(length, _cells);
    }

    /// <summary>Takes a request off the machine; what it decoded is kept for reuse where that is asked for.</summary>
    private void Release(GenerationRequest request, bool keep)
    {
        _active.Remove(request);
        if (request.Sequence is { } sequence)
        {
            if (keep)
            {
                SavePrefix(request, sequence);
            }

            sequence.Owner = null;
            sequence.LastUsed = ++_clock;
            request.Sequence = null;
            if (!keep)
            {
                Truncate(sequence, 0);
            }

            ForgetOldest(sequence);
        }

        request.OutputIndex = -1;
    }

    /// <summary>Attention walks over all used cells, so that every kept token slows each later step: only so many are kept, and always the latest sequence.</summary>
    private void ForgetOldest(KvSequence latest)
    {
        while (_cells.Capacity - _cells.Free > Math.Max(LeastKept, _cells.Capacity / 4) && OldestKept(s => s.Length > 0 && s != latest) is { } oldest)
        {
            Truncate(oldest, 0);
        }
    }

    /// <summary>Forgets every prefix. Only while nothing runs.</summary>
    internal void ClearCache()
    {
        _context.MemoryClear(data: false);
        foreach (KvSequence sequence in _sequences)
        {
            sequence.Truncate(0, _cells);
        }
    }
}
