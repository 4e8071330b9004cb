namespace HeteroAgent.LlamaCpp;

/// <summary>A stretch of a prompt: either written by the chat template, where control tokens count, or content, where they never do.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsContent">Whether a user, a tool or a model wrote it.</param>
internal readonly record struct PromptSegment(string Text, bool IsContent);
