using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Chooses how many threads a step may use, so that a busy machine slows decoding down gently.</summary>
/// <remarks>
/// The threads of ggml meet at spinning barriers: one thread more than there are free cores makes a step hundreds of times
/// slower. A step therefore uses as many threads as there are cores that are idle or that the last steps had to themselves; one
/// while the thread that decodes has to wait for a core; and one for a while after a step that took far longer than it would
/// have on one thread. What other threads of this process do counts as other work. The first step after a pause also looks at
/// what runs at that moment: what kept the cores busy meanwhile may be over.
/// </remarks>
internal sealed class ThreadGovernor
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(50);

    // The thread that sent the request is often still running.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMicroseconds(200);

    // Of the time between two readings: less happens on an idle machine too.
    private const double MostWaiting = 0.1;

    private readonly double[] _singleTicksPerToken = new double[32];
    private readonly int _threads;
    private readonly int _batchThreads;
    private readonly TimeProvider _time;
    private readonly Func<CpuTimes?> _read;
    private readonly Func<int?> _readRunning;
    private long _sampledAt;
    private long _endedAt;
    private long _backOffUntil;
    private TimeSpan _backOff = TimeSpan.FromSeconds(1);
    private int _free;
    private double _used;
    private CpuTimes? _last;
    private ReaderWriterLockSlim? _adapters;
    private int _set;

    /// <summary>Takes a first reading, so that even the first step knows how busy the machine has been since.</summary>
    internal ThreadGovernor(int threads, int batchThreads, TimeProvider? time = null, Func<CpuTimes?>? read = null, Func<int?>? readRunning = null)
    {
        _threads = threads;
        _batchThreads = batchThreads;
        _time = time ?? TimeProvider.System;
        _read = read ?? CpuTimes.Read;
        _readRunning = readRunning ?? CpuTimes.ReadRunning;
        _last = _read();
        _free = _last is null ? int.MaxValue : 1;
        _sampledAt = _time.GetTimestamp();
    }

    /// <summary>Decodes a batch of the one context of this governor, or encodes it, with as many threads as it may use, and notes how long it took.</summary>
    /// <returns>The code of llama.cpp; 0 for success.</returns>
    internal int Run(SafeLLamaContextHandle context, NativeBatch batch, bool encode = false)
    {
        int used = Choose(batch.Count);
        if (used != _set)
        {
            context.GenerationThreads = used;
            context.BatchThreads = used;
            _set = used;
        }

        _adapters ??= AdapterLocks.Of(context.ModelHandle);
        _adapters.EnterReadLock();
        long start = _time.GetTimestamp();
        int result = encode ? LlamaFunctions.llama_encode(context, batch.Value) : LlamaFunctions.llama_decode(context, batch.Value);
        _adapters.ExitReadLock();
        if (result == 0)
        {
            Report(batch.Count, used, _time.GetTimestamp() - start);
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
        bool known = _last is not null || _singleTicksPerToken[Bucket(tokens)] > 0;
        return known && _time.GetTimestamp() >= _backOffUntil ? Math.Min(wanted, FreeCores()) : 1;
    }

    /// <summary>Notes how long a step took.</summary>
    internal void Report(int tokens, int used, long ticks)
    {
        _endedAt = _time.GetTimestamp();
        _used += used * (double)ticks / _time.TimestampFrequency;
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
            _backOffUntil = _time.GetTimestamp() + (long)(_backOff.TotalSeconds * _time.TimestampFrequency);
        }
    }

    private static int Bucket(int tokens) => System.Numerics.BitOperations.Log2((uint)tokens);

    private int FreeCores()
    {
        long now = _time.GetTimestamp();
        double elapsed = _time.GetElapsedTime(_sampledAt, now).TotalSeconds;
        if (_last is not { } last || elapsed < SampleEvery.TotalSeconds)
        {
            return _free;
        }

        _last = _read();
        if (_last is { } times)
        {
            double free = (times.Idle - last.Idle + Math.Min(_used, elapsed * _batchThreads)) / elapsed;
            bool waits = times.Thread == last.Thread && times.Waited - last.Waited > MostWaiting * elapsed;
            _free = waits ? 1 : Math.Max((int)(free + 0.5), 1);
            if (_free < _batchThreads && _time.GetElapsedTime(_endedAt, now) >= SampleEvery)
            {
                _free = Math.Max(_free, FreeNow());
            }
        }
        else
        {
            _free = int.MaxValue;
        }

        (_sampledAt, _used) = (now, 0);
        return _free;
    }

    // Of the cores that the threads of a step want, those that no other thread runs on.
    private int FreeNow()
    {
        int? running = _readRunning();
        if (running > 1)
        {
            Thread.Sleep(LookAgainAfter);
            running = _readRunning() ?? running;
        }

        return running is { } threads ? Environment.ProcessorCount + 1 - threads : 1;
    }
}
