namespace HeteroAgent.LlamaCpp;

/// <summary>A thread of an <see cref="ExtractionScheduler"/> with the worker that it uses, made at its first request.</summary>
internal sealed class ExtractionService
{
    private readonly ServiceThread _thread;
    private readonly Func<bool> _serve;

    internal ExtractionService(Func<ExtractionService, bool> serve, ExtractionWorker? worker, string name)
    {
        Worker = worker;
        _serve = () => serve(this);
        _thread = new ServiceThread(name);
        _thread.Start();
    }

    internal ExtractionWorker? Worker { get; set; }

    internal void Post() => _thread.Post(_serve);

    internal void Join() => _thread.Join();
}
