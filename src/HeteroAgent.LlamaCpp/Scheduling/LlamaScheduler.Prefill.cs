using System.Diagnostics;

namespace HeteroAgent.LlamaCpp;

internal sealed partial class LlamaScheduler
{
    private readonly PrefillBudget _budget;
    private int _generatingTokens;

    /// <summary>Called on the scheduler's thread with the generated and the prompt tokens of each step, before it is decoded.</summary>
    internal Action<int, int>? StepFilled { get; set; }

    /// <summary>Fills the rest of the batch with prompt tokens: so few that those who generate are not stalled, and the rank of a prompt is put off by how long it still takes.</summary>
    private void FillPrompts()
    {
        _generatingTokens = _batch.Count;

        // Those of another adapter wait for this step too.
        int generating = Math.Max(_generatingTokens, _active.Count(r => !r.IsPrefilling && r.Adapter != _adapter));
        RequestPriority urgent = _active.Where(r => !r.IsPrefilling).Select(r => r.Priority).DefaultIfEmpty().Max();
        int end = _generatingTokens + _budget.PromptTokens(generating, _active.Count(r => r.IsPrefilling && r.Priority >= urgent));
        foreach (GenerationRequest request in _active.Where(r => r.Adapter == _adapter && r.IsPrefilling && !r.InBatch).OrderBy(r => r.Rank.After(r.Pending, _budget.TicksPerToken)).ToArray())
        {
            int count = Math.Min(request.Pending, Math.Min(end, _limits.BatchSize) - _batch.Count);
            if (count > 0 && request.Sequence is not null && EnsureCells(count, request))
            {
                AddTokens(request, count);
            }
        }
    }

    /// <summary>Decodes the batch and learns from the time that it took.</summary>
    private void DecodeStep()
    {
        int prompt = _batch.Count - _generatingTokens;
        StepFilled?.Invoke(_generatingTokens, prompt);
        long start = Stopwatch.GetTimestamp();
        Decode();
        _budget.Report(_generatingTokens, prompt, Stopwatch.GetTimestamp() - start);
    }
}
