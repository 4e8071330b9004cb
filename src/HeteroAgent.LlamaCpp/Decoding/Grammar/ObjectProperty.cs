namespace HeteroAgent.LlamaCpp;

/// <summary>One property of an object: its key as it is written, with quotes and colon, and its value.</summary>
internal sealed record ObjectProperty(byte[] Key, GrammarNode Value, bool Required);
