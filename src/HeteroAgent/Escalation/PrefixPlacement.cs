namespace HeteroAgent;

/// <summary>How a <see cref="StepwiseEscalatingChatClient"/> tells the frontier model what has already been shown.</summary>
public enum PrefixPlacement
{
    /// <summary>As an instruction at the end of the user's message, which every provider takes.</summary>
    UserInstruction,

    /// <summary>As an assistant message at the end of the conversation, which the model continues. Some providers and models refuse such a request.</summary>
    AssistantMessage,
}
