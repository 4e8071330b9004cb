namespace HeteroAgent.LlamaCpp;

/// <summary>A schema was needed while it was being read: it refers to itself, which is an error where nothing stands between.</summary>
internal sealed class OpenTermException(string pointer) : Exception($"The schema at {pointer} refers to itself.")
{
    /// <summary>Where the schema stands.</summary>
    public string Pointer { get; } = pointer;
}
