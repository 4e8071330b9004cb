using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks;

/// <summary>Measurements of the engine and of the raw loop, taken in turns in one process, so that whatever else the machine does falls on both.</summary>
internal sealed class Pairs
{
    private readonly List<(Sample Engine, Sample Raw)> _pairs = [];

    /// <summary>Measures in pairs, the order changing from round to round.</summary>
    internal static async Task<Pairs> MeasureAsync(int rounds, Func<int, Task<Sample>> engine, Func<int, Sample> raw)
    {
        // The first round of each warms caches and code, and does not count.
        await engine(0).ConfigureAwait(false);
        raw(0);
        Pairs pairs = new();
        for (int round = 1; round <= rounds; round++)
        {
            Sample first = round % 2 == 0 ? raw(round) : default;
            Sample engineSample = await engine(round).ConfigureAwait(false);
            pairs._pairs.Add((engineSample, round % 2 == 0 ? first : raw(round)));
        }

        return pairs;
    }

    /// <summary>The median over the rounds of engine divided by raw.</summary>
    internal double MedianRatio(Func<Sample, double> figure) => Median.Of(_pairs.Select(p => figure(p.Engine) / figure(p.Raw)));

    internal double MedianEngine(Func<Sample, double> figure) => Median.Of(_pairs.Select(p => figure(p.Engine)));

    internal double MedianRaw(Func<Sample, double> figure) => Median.Of(_pairs.Select(p => figure(p.Raw)));

    /// <summary>Every measurement.</summary>
    internal JsonArray ToJson() => new([.. _pairs.Select(p => (JsonNode)new JsonObject
    {
        ["engine"] = ToJson(p.Engine),
        ["raw"] = ToJson(p.Raw),
    })]);

    private static JsonObject ToJson(Sample sample) => new()
    {
        ["work"] = sample.Work,
        ["ms"] = Math.Round(sample.Seconds * 1000, 3),
        ["cpu_ms"] = Math.Round(sample.CpuSeconds * 1000, 3),
    };
}
