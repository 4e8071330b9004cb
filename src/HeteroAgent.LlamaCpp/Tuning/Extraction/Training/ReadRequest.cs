namespace HeteroAgent.LlamaCpp;

/// <summary>A request in the tokens of a network that labels words.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="ToolPosition">Where the tool is read.</param>
/// <param name="WordPositions">Where each word's label is read.</param>
internal sealed record ReadRequest(int[] Tokens, int ToolPosition, int[] WordPositions);
