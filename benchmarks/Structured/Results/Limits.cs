namespace HeteroAgent.Benchmarks.Structured;

/// <summary>What the library's time in a row went to, estimated from the outside.</summary>
/// <param name="PromptMilliseconds">Decoding the prompt: the time without it in the cache less the time with it. It is no part of the warm time.</param>
/// <param name="SampledMilliseconds">The sampled tokens at what a token of the raw loop costs on the same prompt.</param>
/// <param name="RestMilliseconds">What remains of the warm time: forced and drafted tokens, scored choices, masks, prompt rendering, scheduling.</param>
internal sealed record Limits(double PromptMilliseconds, double SampledMilliseconds, double RestMilliseconds)
{
    /// <summary>The estimate for a row; null where the library or the raw loop has no times.</summary>
    internal static Limits? Of(ResultRow row)
    {
        if (row.Result(RawContender.Plain) is not { Milliseconds: { } raw, Last.Tokens.Sampled: > 0 and int tokens }
            || row.Result(EngineContender.Isolated) is not { Milliseconds: { } warm, Cold.Milliseconds: { } cold, Last: { } last })
        {
            return null;
        }

        double sampled = Math.Min(warm, last.Tokens.Sampled * raw / tokens);
        return new Limits(Math.Max(0, cold - warm), sampled, warm - sampled);
    }

    /// <summary>The largest part in words.</summary>
    internal string Describe() => SampledMilliseconds >= RestMilliseconds
        ? $"sampled {Share(SampledMilliseconds)}, rest {Share(RestMilliseconds)}"
        : $"rest {Share(RestMilliseconds)}, sampled {Share(SampledMilliseconds)}";

    private string Share(double part) => FormattableString.Invariant($"{100 * part / Math.Max(1e-9, SampledMilliseconds + RestMilliseconds):0} %");
}
