using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>A <c>llama_batch</c> in native memory that is filled and sent many times. Used by one thread.</summary>
internal sealed unsafe class NativeBatch : SafeHandle
{
    private readonly int _capacity;
    private readonly int _sequencesPerToken;
    private LLamaNativeBatch _batch;

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
        _batch.seq_id = (LLamaSeqId**)block;
        int* tokens = (int*)(block + (n * (nuint)sizeof(nint)));
        _batch.tokens = (LLamaToken*)tokens;
        _batch.pos = (LLamaPos*)(tokens + capacity);
        _batch.n_seq_id = tokens + (2 * capacity);
        LLamaSeqId* sequenceIds = (LLamaSeqId*)(tokens + (3 * capacity));
        _batch.logits = (byte*)(sequenceIds + ids);
        for (int i = 0; i < capacity; i++)
        {
            _batch.seq_id[i] = sequenceIds + (i * sequencesPerToken);
        }
    }

    public override bool IsInvalid => handle == 0;

    internal int Count => _batch.n_tokens;

    internal int Remaining => _capacity - _batch.n_tokens;

    internal ref readonly LLamaNativeBatch Value => ref _batch;

    internal void Clear() => _batch.n_tokens = 0;

    /// <summary>Adds a token of one sequence and returns its index in the batch.</summary>
    internal int Add(int token, int position, int sequence, bool output)
    {
        int i = Next(token, position, output);
        _batch.n_seq_id[i] = 1;
        *_batch.seq_id[i] = (LLamaSeqId)sequence;
        return i;
    }

    /// <summary>Adds a token that several sequences share and returns its index in the batch.</summary>
    internal int Add(int token, int position, ReadOnlySpan<int> sequences, bool output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Length, _sequencesPerToken, nameof(sequences));
        int i = Next(token, position, output);
        _batch.n_seq_id[i] = sequences.Length;
        sequences.CopyTo(new Span<int>(_batch.seq_id[i], sequences.Length));
        return i;
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }

    private int Next(int token, int position, bool output)
    {
        if (_batch.n_tokens == _capacity)
        {
            throw new InvalidOperationException($"The batch holds its {_capacity} tokens.");
        }

        int i = _batch.n_tokens++;
        _batch.tokens[i] = token;
        _batch.pos[i] = position;
        _batch.logits[i] = output ? (byte)1 : (byte)0;
        return i;
    }
}
