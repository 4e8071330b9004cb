
namespace HeteroAgent.Cli;

/// <summary>What a verifier said of a trace whose question it was not trained on.</summary>
/// <param name="Trace">The labelled trace.</param>
/// <param name="Margin">The log-odds that it is flawed.</param>
/// <param name="Result">The result, at the threshold of the other folds.</param>
/// <param name="Place">The most likely place of the first error, whether or not the trace counts as flawed.</param>
internal sealed record HeldOutTrace(CorpusTrace Trace, double Margin, VerificationResult Result, int Place)
{
    public bool IsFlawed => Trace.Labeled.IsFlawed;

    /// <summary>Whether the first error, or the lack of one, was told exactly.</summary>
    public bool IsExact => Result.FirstError == Trace.Labeled.FirstError;
}
