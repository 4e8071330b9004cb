namespace HeteroAgent.LlamaCpp;

/// <summary>What one request has decoded ahead of being sampled. Used by the scheduler's thread.</summary>
internal sealed class DraftState
{
    /// <summary>The tokens that probably follow, where a forced run ended in front of a choice.</summary>
    internal IReadOnlyList<int> Tail { get; set; } = [];

    /// <summary>The text to look the next words up in, built when it is first needed.</summary>
    internal PromptLookup? Lookup { get; set; }

    /// <summary>The position of the first token that was drafted in this step.</summary>
    internal int Start { get; set; }

    /// <summary>The indices in the batch of the logits behind each drafted token.</summary>
    internal List<int> Outputs { get; } = [];

    /// <summary>The estimate that the outcome of this step belongs to.</summary>
    internal DraftAcceptance? Source { get; set; }

    /// <summary>Drafted tokens of all steps that proved right.</summary>
    internal int TotalAccepted { get; set; }

    /// <summary>Drafted tokens of all steps that were decoded in vain.</summary>
    internal int TotalRejected { get; set; }

    /// <summary>Forgets the draft of the last step.</summary>
    internal void Clear()
    {
        Outputs.Clear();
        Source = null;
    }
}
