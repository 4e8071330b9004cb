namespace HeteroAgent.LlamaCpp;

/// <summary>A request in the tokens of a network that labels words.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="ToolPosition">Where the tool is read.</param>
/// <param name="WordPositions">Where each word's label is read.</param>
/// <param name="FirstClosedPosition">Where the value of the first closed slot is read; those of the others follow. Without meaning where the network reads none.</param>
internal sealed record ReadRequest(int[] Tokens, int ToolPosition, int[] WordPositions, int FirstClosedPosition = 0);
