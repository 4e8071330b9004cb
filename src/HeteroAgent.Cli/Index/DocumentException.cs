namespace HeteroAgent.Cli;

/// <summary>A file is no document, or holds one that cannot be read.</summary>
internal sealed class DocumentException(string message) : Exception(message);
