namespace HeteroAgent.Benchmarks.Structured;

/// <summary>A file of cases cannot be read; the message says which line and why.</summary>
internal sealed class CaseFileException(string message) : Exception(message);
