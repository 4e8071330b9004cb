namespace HeteroAgent.LlamaCpp;

/// <summary>What a block keeps of its forward pass for the backward one; all of it in the pass's arena.</summary>
internal unsafe struct BlockState
{
    internal float* Input;
    internal float* RawQuery;
    internal float* RawKey;
    internal float* Query;
    internal float* Key;
    internal float* Value;
    internal float* Attended;

    /// <summary>The input with the attended values added; in a BERT block normalised.</summary>
    internal float* Middle;

    /// <summary>What the first norm of a BERT block sees.</summary>
    internal float* Sum;

    /// <summary>What its second norm sees.</summary>
    internal float* OutputSum;
    internal float* Gate;
    internal float* Up;
    internal float* Output;
}
