namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>Gets how many chat requests are being decoded now. Also reported as the metric <c>heteroagent.llama.requests.running</c>.</summary>
    public int RunningRequests => Started?.Running ?? 0;

    /// <summary>Gets how many chat requests wait for their turn now; see <see cref="LlamaModelOptions.MaxWaitingRequests"/>. Also reported as the metric <c>heteroagent.llama.requests.waiting</c>.</summary>
    public int WaitingRequests => Started?.Waiting ?? 0;

    private LlamaScheduler? Started
    {
        get
        {
            lock (_gate)
            {
                return _disposed ? null : _owned.OfType<LlamaScheduler>().FirstOrDefault();
            }
        }
    }
}
