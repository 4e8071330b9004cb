namespace HeteroAgent.LlamaCpp;

/// <summary>One argument of an extracted call, and where it stands in the request.</summary>
/// <param name="Slot">The argument's name.</param>
/// <param name="Value">The request's text from <paramref name="Start"/> on.</param>
/// <param name="Start">The offset of the first character in the request, in UTF-16 units.</param>
/// <param name="Length">The length in UTF-16 units.</param>
/// <param name="Logprob">The sum of the log-probabilities of the labels of its words, at most 0.</param>
public sealed record ExtractedSpan(string Slot, string Value, int Start, int Length, double Logprob);
