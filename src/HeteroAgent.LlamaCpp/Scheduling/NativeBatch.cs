using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>A <c>llama_batch</c> in native memory that is filled and sent many times. Used by one thread.</summary>
internal sealed unsafe class NativeBatch : SafeHandle
{
    private readonly int _capacity;
    private readonly int _sequencesPerToken;
    private Interop.LlamaBatch _batch;
    private int* _sequenceIds;

    internal NativeBatch(int capacity, int sequencesPerToken = 1)
        : base(0, ownsHandle: true)
    {
        _capacity = capacity;
        _sequencesPerToken = sequencesPerToken;
        nuint n = (nuint)capacity;
        nuint ids = n * (nuint)sequencesPerToken;

        // One block: pointers first, so that every array is aligned.
        nuint bytes = (n * (nuint)sizeof(nint)) + ((3 * n) + ids) * sizeof(int) + n;
        byte* block = (byte*)NativeMemory.Alloc(bytes);
        SetHandle((nint)block);
        _batch.SeqId = (int**)block;
        _batch.Token = (int*)(block + (n * (nuint)sizeof(nint)));
        _batch.Pos = _batch.Token + capacity;
        _batch.NSeqId = _batch.Pos + capacity;
        _sequenceIds = _batch.NSeqId + capacity;
        _batch.Logits = (sbyte*)(_sequenceIds + ids);
        for (int i = 0; i < capacity; i++)
        {
            _batch.SeqId[i] = _sequenceIds + (i * sequencesPerToken);
        }
    }

    public override bool IsInvalid => handle == 0;

    internal int Count => _batch.NTokens;

    internal int Remaining => _capacity - _batch.NTokens;

    internal ref readonly Interop.LlamaBatch Value => ref _batch;

    internal void Clear() => _batch.NTokens = 0;

    /// <summary>Adds a token of one sequence and returns its index in the batch.</summary>
    internal int Add(int token, int position, int sequence, bool output)
    {
        int i = Next(token, position, output);
        _batch.NSeqId[i] = 1;
        *_batch.SeqId[i] = sequence;
        return i;
    }

    /// <summary>Adds a token that several sequences share and returns its index in the batch.</summary>
    internal int Add(int token, int position, ReadOnlySpan<int> sequences, bool output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Length, _sequencesPerToken, nameof(sequences));
        int i = Next(token, position, output);
        _batch.NSeqId[i] = sequences.Length;
        sequences.CopyTo(new Span<int>(_batch.SeqId[i], sequences.Length));
        return i;
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }

    private int Next(int token, int position, bool output)
    {
        if (_batch.NTokens == _capacity)
        {
            throw new InvalidOperationException($"The batch holds its {_capacity} tokens.");
        }

        int i = _batch.NTokens++;
        _batch.Token[i] = token;
        _batch.Pos[i] = position;
        _batch.Logits[i] = output ? (sbyte)1 : (sbyte)0;
        return i;
    }
}
