namespace HeteroAgent.Benchmarks.Structured;

/// <summary>What the library's time in a row went to, estimated from the outside.</summary>
/// <param name="PromptMilliseconds">Decoding the prompt: the time without it in the cache less the time with it. It is no part of the warm time.</param>
/// <param name="SampledMilliseconds">The sampled tokens at what a token costs the raw loop on the same model.</param>
/// <param name="RestMilliseconds">What remains of the warm time: forced and drafted tokens, scored choices, masks, prompt rendering, scheduling.</param>
internal sealed record Limits(double PromptMilliseconds, double SampledMilliseconds, double RestMilliseconds)
{
    /// <summary>The estimate for a row; null where the library has no times.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokenMilliseconds">What one token costs the raw loop.</param>
    internal static Limits? Of(ResultRow row, double tokenMilliseconds)
    {
        if (row.Result(EngineContender.Isolated) is not { Milliseconds: { } warm, Cold.Milliseconds: { } cold, Last: { } last })
        {
            return null;
        }

        double sampled = Math.Min(warm, last.Tokens.Sampled * tokenMilliseconds);
        return new Limits(Math.Max(0, cold - warm), sampled, warm - sampled);
    }

    /// <summary>What a token costs the raw loop with the prompt in the cache: the median over the rows.</summary>
    internal static double TokenMilliseconds(IEnumerable<ResultRow> rows)
    {
        double[] costs = [.. rows.Select(r => r.Result(RawContender.Plain)).Where(r => r is { Milliseconds: not null, Last.Tokens.Sampled: > 0 }).Select(r => r!.Milliseconds!.Value / r.Last!.Tokens.Sampled)];
        return costs.Length > 0 ? Median.Of(costs) : 0;
    }

    /// <summary>The largest part in words.</summary>
    internal string Describe() => SampledMilliseconds >= RestMilliseconds
        ? $"sampled {Share(SampledMilliseconds)}, rest {Share(RestMilliseconds)}"
        : $"rest {Share(RestMilliseconds)}, sampled {Share(SampledMilliseconds)}";

    private string Share(double part) => FormattableString.Invariant($"{100 * part / Math.Max(1e-9, SampledMilliseconds + RestMilliseconds):0} %");
}
