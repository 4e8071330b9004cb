namespace HeteroAgent.LlamaCpp;

/// <summary>Why a generation ended.</summary>
internal enum GenerationFinish
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model ended its turn, a stop sequence appeared, or the grammar was complete.</summary>
    Stop,

    /// <summary>The token limit or the end of the context was reached.</summary>
    Length,
}
