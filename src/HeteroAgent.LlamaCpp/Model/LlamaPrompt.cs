namespace HeteroAgent.LlamaCpp;

/// <summary>A conversation as the model reads it.</summary>
/// <param name="Text">What the chat template made of the conversation, up to where the answer begins.</param>
/// <param name="TokenIds">The tokens of the text, with the begin-of-text token in front where the vocabulary asks for one.</param>
public sealed record LlamaPrompt(string Text, IReadOnlyList<int> TokenIds);
