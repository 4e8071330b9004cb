using System.Collections.Concurrent;

namespace HeteroAgent.LlamaCpp;

/// <summary>Masks already computed, by the places they were computed for. Bounded: it is emptied when it is full. Thread-safe.</summary>
internal sealed class MaskCache
{
    /// <summary>The most masks held: 6 MB at a vocabulary of 49 thousand tokens.</summary>
    public const int Capacity = 1024;

    private readonly ConcurrentDictionary<MaskKey, CachedMask> _masks = new();
    private int _count;

    /// <summary>Finds a mask.</summary>
    public CachedMask? Find(MaskKey key) => _masks.GetValueOrDefault(key);

    /// <summary>Keeps a mask.</summary>
    public void Add(MaskKey key, CachedMask mask)
    {
        // The concurrent dictionary's own count takes every lock.
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            _masks.Clear();
            Interlocked.Exchange(ref _count, 1);
        }

        _masks[key] = mask;
    }
}
