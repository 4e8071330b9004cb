namespace HeteroAgent.LlamaCpp;

/// <summary>A request in one model's tokens.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="LastTokens">For each word the index of its last token, where its label is read.</param>
/// <param name="ToolToken">The index of the token that asks for the tool; behind it stands one token for each closed slot, where its value is read.</param>
internal sealed record EncodedRequest(int[] Tokens, int[] LastTokens, int ToolToken);
