namespace HeteroAgent.LlamaCpp;

/// <summary>The call that an extractive model read out of a request. Immutable.</summary>
/// <param name="Request">The request.</param>
/// <param name="Tool">The tool to call.</param>
/// <param name="Spans">The arguments that stand in the request, in its order.</param>
/// <param name="Labels">The log-probability of each decision: the tool's first and then one a word, of the distribution over the whole vocabulary, and last one for each closed slot of the tool, of the distribution over its members and none. The text of the last is <c>slot=member</c> or <c>slot=&lt;none&gt;</c>.</param>
/// <param name="InputTokens">The tokens that were decoded, over all models.</param>
public sealed record Extraction(string Request, string Tool, IReadOnlyList<ExtractedSpan> Spans, IReadOnlyList<TokenLogprob> Labels, int InputTokens)
{
    /// <summary>Gets the arguments whose values are of a closed set, in the order of the model's slots; those that are left out are not there.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<ClosedValue> Closed { get; init; } = [];

    /// <summary>Gets the log-probability of the tool, at most 0.</summary>
    public double ToolLogprob => Labels[0].Logprob;

    /// <summary>Gets the log-probability of the whole call: the sum over tool, words and closed slots, at most 0.</summary>
    public double Logprob { get; } = Labels.Sum(l => l.Logprob);

    /// <summary>Gets the confidence in the call. Its probability is that of the whole call, and so what a threshold should look at.</summary>
    public Confidence Confidence => new(Logprob / Labels.Count, Labels.Min(l => l.Logprob), Labels.Count, Math.Exp(Logprob));

    /// <summary>The value of a slot, or null where it was not found.</summary>
    internal string? ValueOf(string slot) => Spans.FirstOrDefault(s => s.Slot == slot)?.Value ?? Closed.FirstOrDefault(c => c.Slot == slot)?.Value;
}
