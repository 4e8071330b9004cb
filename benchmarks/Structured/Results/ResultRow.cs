namespace HeteroAgent.Benchmarks.Structured;

/// <summary>One case on one model, with what each contender did.</summary>
/// <param name="Id">The case.</param>
/// <param name="Set">Its set.</param>
/// <param name="Model">The model's file, or the starter.</param>
/// <param name="PromptTokens">The prompt's tokens.</param>
/// <param name="Results">The results by contender.</param>
internal sealed record ResultRow(string Id, string Set, string Model, int PromptTokens, IReadOnlyDictionary<string, ContenderResult> Results)
{
    /// <summary>Why contenders that have no result have none.</summary>
    internal string? NotApplicable { get; init; }

    /// <summary>Whether the grammar of the raw loop is node-llama-cpp's, since the converter does not know the schema.</summary>
    internal bool HasBorrowedGrammar { get; init; }

    internal ContenderResult? Result(string contender) => Results.GetValueOrDefault(contender);
}
