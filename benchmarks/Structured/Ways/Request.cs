namespace HeteroAgent.Benchmarks.Structured;

/// <summary>A case as all contenders get it: one prompt in tokens, one schema, one limit.</summary>
/// <param name="Case">The case.</param>
/// <param name="Prompt">The rendered prompt's tokens.</param>
/// <param name="MaxTokens">The most tokens of an answer.</param>
internal sealed record Request(StructuredCase Case, IReadOnlyList<int> Prompt, int MaxTokens)
{
    /// <summary>The rendered prompt, for a contender that takes no tokens; without the token that begins a text, which such a one puts in front by itself.</summary>
    internal string PromptText { get; init; } = "";

    /// <summary>The schema's text, by which a contender keeps what it compiles.</summary>
    internal string SchemaKey { get; } = Case.Schema.GetRawText();
}
