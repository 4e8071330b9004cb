namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Holds a scheduler's thread at its first step until it is opened, so that what is submitted meanwhile waits in the queue together.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _opened = new();
    private readonly ManualResetEventSlim _reached = new();

    /// <summary>Closes the gate of a scheduler and returns once a request of its own stands before it.</summary>
    internal static async Task<Gate> CloseAsync(LlamaModel model)
    {
        Gate gate = new();
        Action<int, int>? observer = model.Scheduler.StepFilled;
        model.Scheduler.StepFilled = (_, _) =>
        {
            model.Scheduler.StepFilled = observer;
            gate._reached.Set();
            gate._opened.Wait();
        };
        gate.Held = Requests.RunAsync(model, Requests.Generate(model, [1, 300, 301], 1));
        await Task.Run(gate._reached.Wait);
        return gate;
    }

    /// <summary>The request that stands before the gate.</summary>
    internal Task Held { get; private set; } = Task.CompletedTask;

    internal void Open() => _opened.Set();

    public void Dispose()
    {
        _opened.Set();
        _opened.Dispose();
        _reached.Dispose();
    }
}
