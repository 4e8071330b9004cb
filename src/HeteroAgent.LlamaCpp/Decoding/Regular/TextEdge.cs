namespace HeteroAgent.LlamaCpp;

/// <summary>The code points from <paramref name="First"/> to <paramref name="Last"/>, both included, lead to a state.</summary>
internal readonly record struct TextEdge(int First, int Last, int Target);
