using System.Runtime.CompilerServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>A thread that does what is posted, and keeps nothing alive while it waits: an object that posts to it can be collected between two posts.</summary>
/// <remarks><see cref="Post"/> may be called from any thread. The posted work may be shared between two posts; it looks itself for what there is to do.</remarks>
#pragma warning disable CA1001 // Nobody asks the semaphore for its wait handle, so that it has nothing to dispose.
internal sealed class ServiceThread
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private Func<bool>? _work;

    internal ServiceThread(string name) => _thread = new Thread(Run) { IsBackground = true, Name = name };

    internal bool IsCurrent => Thread.CurrentThread == _thread;

    internal void Start() => _thread.Start();

    /// <summary>Has the thread call <paramref name="work"/>, which returns whether the thread goes on; it is referenced until it has returned.</summary>
    internal void Post(Func<bool> work)
    {
        // Before the thread is woken: from here on it references the work.
        Volatile.Write(ref _work, work);
        _wake.Release();
    }

    /// <summary>Waits for the thread's end, unless it is the calling thread or was never started.</summary>
    internal void Join()
    {
        if (!IsCurrent && (_thread.ThreadState & ThreadState.Unstarted) == 0)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        do
        {
            _wake.Wait();
        }
        while (Serve());
    }

    // On a frame of its own, so that nothing of the work is left on the stack of the waiting thread.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Serve() => Interlocked.Exchange(ref _work, null)?.Invoke() ?? true;
}
