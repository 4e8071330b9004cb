using System.Runtime.InteropServices;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private readonly PrefixCache? _prefixCache;

    /// <summary>Whether a request has to wait for a saved prefix that is being read, and is much longer than what the cache holds.</summary>
    private bool AwaitsSavedPrefix(GenerationRequest request, int shared)
    {
        if (!IsSavedLonger(request, shared))
        {
            return false;
        }

        request.Loading ??= request.Saved!.LoadAsync(_prefixCache!, Wake);
        return !request.Loading.IsCompleted;
    }

    /// <summary>Puts a saved prefix that has been read into a sequence of its own, where the request then finds it.</summary>
    private bool TryRestore(GenerationRequest request, int shared)
    {
        if (!IsSavedLonger(request, shared) || request.Loading is not { IsCompletedSuccessfully: true } loading)
        {
            return false;
        }

        // Tried once: whatever the outcome, the request goes on.
        SavedPrefix saved = request.Saved!;
        (request.Saved, request.Loading) = (null, null);
        if (loading.Result is not { } file || !MakeRoom(saved.Tokens.Length, null) || _cells.Free < saved.Tokens.Length)
        {
            return false;
        }

        KvSequence sequence = OldestKept(s => s.Length == 0) ?? OldestKept(_ => true) ?? throw new InvalidOperationException("Every sequence is in use.");
        Truncate(sequence, 0);
        bool empty = _cells.Free == _cells.Capacity;
        if (!SetState(sequence.Id, PrefixFile.State(file).Span, saved.Tokens.Length))
        {
            // In a fragmented cache it may fail for want of room; in an empty one the file is at fault.
            if (empty)
            {
                _prefixCache!.Discard(saved);
            }

            return false;
        }

        foreach (int token in saved.Tokens)
        {
            sequence.Append(token, _cells);
        }

        sequence.Adapter = request.Adapter;
        sequence.LastUsed = ++_clock;
        return true;
    }

    /// <summary>Copies the beginning of a sequence that is worth saving, and has it written while decoding goes on.</summary>
    private unsafe void SavePrefix(GenerationRequest request, KvSequence sequence)
    {
        int length = request.SaveLength;
        if (_prefixCache is null || length == 0 || length > sequence.Length || request.PrefixKey is not { } key)
        {
            return;
        }

        request.SaveLength = 0;
        int[] prefix = [.. CollectionsMarshal.AsSpan(request.Tokens)[..length]];
        if (!_prefixCache.IsWorthSaving(key, prefix, request.SavesPrefix))
        {
            return;
        }

        // The state is that of a whole sequence: the first of those for scoring, which are empty between steps, gets the prefix.
        int copy = _limits.Sequences;
        NativeContext.Copy(_context, sequence.Id, copy, length);
        nuint size = _context.GetStateSize((LLamaSeqId)copy);
        byte[]? file = PrefixFile.Create(key, prefix, (long)size);
        nuint written = 0;
        if (file is not null)
        {
            fixed (byte* state = PrefixFile.State(file).Span)
            {
                written = _context.GetState(state, size, (LLamaSeqId)copy);
            }
        }

        NativeContext.Remove(_memory, copy, -1, -1);
        if (written == size && size > 0)
        {
            request.Saving = _prefixCache.SaveAsync(key, prefix, file!);
        }
    }

    private static bool IsSavedLonger(GenerationRequest request, int shared)
    {
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(request.Tokens);
        return request.Saved is { } saved && Math.Min(saved.Tokens.CommonPrefixLength(tokens), tokens.Length - 1) >= shared + WorthWaitingFor;
    }

    private unsafe bool SetState(int sequence, ReadOnlySpan<byte> state, int length)
    {
        using LlamaLog.Capture log = LlamaLog.BeginCapture();
        nuint read;
        fixed (byte* p = state)
        {
            read = _context.SetState(p, (nuint)state.Length, (LLamaSeqId)sequence);
        }

        bool whole = read == (nuint)state.Length
            && (int)_context.MemorySequenceMinPosition((LLamaSeqId)sequence) == 0
            && (int)_context.MemorySequenceMaxPosition((LLamaSeqId)sequence) == length - 1;
        if (!whole)
        {
            NativeContext.Remove(_memory, sequence, -1, -1);
        }

        return whole;
    }
}
