namespace HeteroAgent.LlamaCpp;

/// <summary>Room for one thread's intermediate numbers: taken one after the other, given back together. The arrays are pinned, so that pointers into them hold while the arena lives.</summary>
internal sealed unsafe class FloatArena
{
    private const int SmallestChunk = 1 << 20;
    private readonly List<float[]> _chunks = [];
    private int _chunk;
    private long _used;

    internal (int Chunk, long Used) Mark() => (_chunk, _used);

    internal void Release((int Chunk, long Used) mark) => (_chunk, _used) = mark;

    /// <summary>Takes room whose content is undefined.</summary>
    internal float* Take(long count)
    {
        // 64 bytes apart, a cache line and the widest vector.
        count = (count + 15) & ~15L;
        while (true)
        {
            if (_chunk == _chunks.Count)
            {
                _chunks.Add(GC.AllocateUninitializedArray<float>(checked((int)(Math.Max(count, SmallestChunk) + 16)), pinned: true));
                _used = FirstAligned(_chunks[_chunk]);
            }

            if (_used + count <= _chunks[_chunk].Length)
            {
                float* taken = Pointer(_chunks[_chunk]) + _used;
                _used += count;
                return taken;
            }

            _chunk++;
            _used = _chunk < _chunks.Count ? FirstAligned(_chunks[_chunk]) : 0;
        }
    }

    /// <summary>Takes room filled with zeros.</summary>
    internal float* TakeZeroed(long count)
    {
        float* taken = Take(count);
        new Span<float>(taken, checked((int)count)).Clear();
        return taken;
    }

    private static long FirstAligned(float[] chunk) => (long)((64 - ((nuint)Pointer(chunk) & 63)) & 63) / sizeof(float);

    private static float* Pointer(float[] pinned) => (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
