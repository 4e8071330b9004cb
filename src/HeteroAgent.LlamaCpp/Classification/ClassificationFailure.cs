namespace HeteroAgent.LlamaCpp;

/// <summary>Why a classifier cannot answer a call.</summary>
public enum ClassificationFailure
{
    /// <summary>The conversation does not end with a user's message.</summary>
    NoRequest,

    /// <summary>The JSON schema asks for something that is no label.</summary>
    UnservableSchema,

    /// <summary>A tool call is required; a classifier calls none.</summary>
    ToolRequired,

    /// <summary>The answer does not satisfy the schema.</summary>
    InvalidAnswer,
}
