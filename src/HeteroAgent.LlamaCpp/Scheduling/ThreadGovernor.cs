using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

/// <summary>Chooses how many threads a step may use, so that a busy machine slows decoding down gently.</summary>
/// <remarks>
/// The threads of ggml meet at spinning barriers: one thread more than there are free cores makes a step hundreds of times
/// slower. More than one thread is therefore used only while the machine has idle cores for them, and not for a while after a
/// step that took far longer than one thread would have.
/// </remarks>
internal sealed class ThreadGovernor
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(50);
    private readonly double[] _singleTicksPerToken = new double[32];
    private readonly int _threads;
    private readonly int _batchThreads;
    private long _sampledAt;
    private long _backOffUntil;
    private TimeSpan _backOff = TimeSpan.FromSeconds(1);
    private bool _idleCores;
    private bool _knowsIdle;
    private CpuTimes _last;

    /// <summary>Takes a first reading, so that even the first step knows how busy the machine has been since.</summary>
    internal ThreadGovernor(int threads, int batchThreads)
    {
        _threads = threads;
        _batchThreads = batchThreads;
        _knowsIdle = CpuTimes.TryRead(out _last);
        _idleCores = !_knowsIdle;
        _sampledAt = _last.Timestamp;
    }

    /// <summary>Decodes a batch, or encodes it, with as many threads as it may use, and notes how long it took.</summary>
    /// <returns>The code of llama.cpp; 0 for success.</returns>
    internal int Run(LlamaContextHandle context, NativeBatch batch, bool encode = false)
    {
        int used = Choose(batch.Count);
        Interop.Llama.llama_set_n_threads(context, used, used);
        context.AdapterLock.EnterReadLock();
        long start = Stopwatch.GetTimestamp();
        int result = encode ? Interop.Llama.llama_encode(context, batch.Value) : Interop.Llama.llama_decode(context, batch.Value);
        context.AdapterLock.ExitReadLock();
        if (result == 0)
        {
            Report(batch.Count, used, Stopwatch.GetTimestamp() - start);
        }

        return result;
    }

    /// <summary>The threads for a step that decodes this many tokens.</summary>
    internal int Choose(int tokens)
    {
        int wanted = tokens == 1 ? _threads : _batchThreads;
        if (wanted == 1)
        {
            return 1;
        }

        // Where the system does not tell how busy it is, one step of each size runs on one thread first, to have something to compare with.
        bool known = _knowsIdle || _singleTicksPerToken[Bucket(tokens)] > 0;
        return known && HasIdleCores(wanted) && Stopwatch.GetTimestamp() >= _backOffUntil ? wanted : 1;
    }

    /// <summary>Notes how long a step took.</summary>
    internal void Report(int tokens, int used, long ticks)
    {
        double perToken = (double)ticks / tokens;
        ref double single = ref _singleTicksPerToken[Bucket(tokens)];
        if (used == 1)
        {
            single = single == 0 ? perToken : (0.8 * single) + (0.2 * perToken);
            return;
        }

        bool collapsed = single > 0 && perToken > 2 * single;
        _backOff = collapsed ? TimeSpan.FromTicks(Math.Min(2 * _backOff.Ticks, TimeSpan.FromMinutes(1).Ticks)) : TimeSpan.FromSeconds(1);
        if (collapsed)
        {
            _backOffUntil = Stopwatch.GetTimestamp() + (long)(_backOff.TotalSeconds * Stopwatch.Frequency);
        }
    }

    private static int Bucket(int tokens) => System.Numerics.BitOperations.Log2((uint)tokens);

    private bool HasIdleCores(int wanted)
    {
        long now = Stopwatch.GetTimestamp();
        if (!_knowsIdle || Stopwatch.GetElapsedTime(_sampledAt, now) < SampleEvery)
        {
            return _idleCores;
        }

        _sampledAt = now;
        _knowsIdle = CpuTimes.TryRead(out CpuTimes times);
        _idleCores = !_knowsIdle || times.CoresFreeSince(_last) > wanted - 0.5;
        _last = times;
        return _idleCores;
    }
}
