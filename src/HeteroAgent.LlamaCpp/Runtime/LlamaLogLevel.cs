namespace HeteroAgent.LlamaCpp;

/// <summary>The severity of a message of the native library, as <c>ggml_log_level</c> has it.</summary>
public enum LlamaLogLevel
{
    /// <summary>No level.</summary>
    None = 0,

    /// <summary>Details for debugging.</summary>
    Debug = 1,

    /// <summary>Progress and facts about models and devices.</summary>
    Information = 2,

    /// <summary>Something unexpected that does not stop the work.</summary>
    Warning = 3,

    /// <summary>A failure.</summary>
    Error = 4,
}
