namespace HeteroAgent.Cli;

/// <summary>Lets Ctrl-C end what is running; while nothing runs it ends the program, as usual.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;

    internal Interruption() => Console.CancelKeyPress += OnCancelKeyPress;

    /// <summary>Runs something that Ctrl-C cancels.</summary>
    internal async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action)
    {
        using CancellationTokenSource source = new();
        Set(source);
        try
        {
            return await action(source.Token).ConfigureAwait(false);
        }
        finally
        {
            Set(null);
        }
    }

    public void Dispose() => Console.CancelKeyPress -= OnCancelKeyPress;

    private void Set(CancellationTokenSource? source)
    {
        lock (_gate)
        {
            _running = source;
        }
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e)
    {
        lock (_gate)
        {
            if (_running is { } source)
            {
                e.Cancel = true;
                source.Cancel();
            }
        }
    }
}
