namespace HeteroAgent.LlamaCpp;

/// <summary>The bytes from <paramref name="First"/> to <paramref name="Last"/>, both included, lead to a state.</summary>
internal readonly record struct ByteEdge(byte First, byte Last, int Target);
