namespace HeteroAgent.LlamaCpp;

/// <summary>Why an extractive model cannot answer a call.</summary>
public enum ExtractionFailure
{
    /// <summary>The caller offered or required a tool that the model does not know.</summary>
    UnknownTool,

    /// <summary>The JSON schema asks for something that is neither a slot nor the tool.</summary>
    UnservableSchema,

    /// <summary>What was found does not satisfy the schema: a required value is missing, or a value is not in its closed set.</summary>
    InvalidAnswer,

    /// <summary>The conversation does not end with a user's request, for example because a tool's result was added: such a model makes calls, and cannot go on from their results.</summary>
    NoRequest,
}
