namespace HeteroAgent.Benchmarks.Structured;

/// <summary>A contender does not answer a request; the message says why.</summary>
internal sealed class ContenderException(string message, Exception? inner = null) : Exception(message, inner);
