using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeteroAgent.LlamaCpp;

/// <summary>Loads a registered model in the background when the host starts, and at the latest when it is first asked for; disposed with the container.</summary>
internal sealed class LlamaModelHost : ILlamaModelProvider, IHostedService, IDisposable, IAsyncDisposable
{
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private Task<LlamaModel>? _loading;
    private bool _disposed;

    internal LlamaModelHost(string name, string path, LlamaModelOptions options, ILoggerFactory? loggerFactory)
    {
        Name = name;
        _path = path;

        // A copy: the options of the container may be read by others.
        options = options.Validate();
        options.LoggerFactory ??= loggerFactory;

        // Known before the file is read, so that metadata does not change.
        options.ModelId ??= name;
        Options = options;
        _logger = options.LoggerFactory?.CreateLogger<LlamaModel>() ?? (ILogger)NullLogger.Instance;
    }

    public string Name { get; }

    public bool IsLoaded => Model is not null;

    internal LlamaModelOptions Options { get; }

    /// <summary>The model, or null while it is not loaded.</summary>
    internal LlamaModel? Model => Volatile.Read(ref _loading) is { IsCompletedSuccessfully: true } loaded ? loaded.Result : null;

    public Task<LlamaModel> GetAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(LlamaModel));
            _loading ??= LoadAsync();
        }

        return _loading.WaitAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = GetAsync(CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (_loading is { } loading)
        {
            await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Model is { } model)
            {
                await model.DisposeAsync().ConfigureAwait(false);
            }
        }

        _stop.Dispose();
    }

    private async Task<LlamaModel> LoadAsync()
    {
        try
        {
            return await Task.Run(() => LlamaModel.LoadAsync(_path, Options, progress: null, _stop.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new ObjectDisposedException(Name, "The container was disposed while the model was being loaded.");
        }
        catch (Exception e)
        {
            LlamaEvents.LoadFailed(_logger, e, Name, _path);
            throw;
        }
    }
}
