namespace HeteroAgent.Cli;

/// <summary>The command line cannot be followed as it stands.</summary>
internal sealed class UsageException(string message) : Exception(message);
