namespace HeteroAgent.LlamaCpp;

/// <summary>A request in one model's tokens. The last token asks for the tool.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="LastTokens">For each word the index of its last token, where its label is read.</param>
internal sealed record EncodedRequest(int[] Tokens, int[] LastTokens);
