namespace HeteroAgent.Analyzers;

/// <summary>The visible state of the serializer options that a subtask is made with.</summary>
internal enum SubtaskOptionsValue
{
    /// <summary>They come from elsewhere, or have converters or rules of their own.</summary>
    Unknown,

    /// <summary>None are given.</summary>
    None,

    /// <summary>They follow the default rules for which members and types are read.</summary>
    Default,
}
