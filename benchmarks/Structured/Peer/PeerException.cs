namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The peer cannot be fetched or started, or it ended.</summary>
internal sealed class PeerException(string message, Exception? inner = null) : Exception(message, inner);
