using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads a tuning set as texts with labels.</summary>
internal static class LabelledTexts
{
    /// <exception cref="ArgumentException">An example's answer is no text.</exception>
    internal static IReadOnlyList<(string Text, string Label)> Of(TuningSet set, string argument) =>
    [
        .. set.Examples.Select(e => (e.Request, e.Answer.Contents.All(static c => c is TextContent) ? e.Answer.Text.Trim() : throw new ArgumentException(
            $"The answer of {(e.Line > 0 ? $"line {e.Line}" : "an example")} is a call; a label as text was expected.", argument))),
    ];
}
