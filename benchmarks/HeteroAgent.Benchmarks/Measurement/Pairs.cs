using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks;

/// <summary>Measurements of the engine, of the raw loop and, where one is given, of a peer, taken in turns in one process, so that whatever else the machine does falls on all.</summary>
internal sealed class Pairs
{
    private readonly List<(Sample Engine, Sample Raw, Sample? Peer)> _rounds = [];

    /// <summary>Measures in rounds, the order changing from round to round.</summary>
    internal static async Task<Pairs> MeasureAsync(int rounds, Func<int, Task<Sample>> engine, Func<int, Sample> raw, Func<int, Task<Sample>>? peer = null)
    {
        Func<int, Task<Sample>>[] all = [engine, round => Task.FromResult(raw(round)), .. peer is null ? [] : new[] { peer }];
        Pairs pairs = new();

        // The first round of each warms caches and code, and does not count.
        for (int round = 0; round <= rounds; round++)
        {
            Sample[] samples = new Sample[all.Length];
            for (int i = 0; i < all.Length; i++)
            {
                int next = (i + Math.Max(0, round - 1)) % all.Length;
                samples[next] = await all[next](round).ConfigureAwait(false);
            }

            if (round > 0)
            {
                pairs._rounds.Add((samples[0], samples[1], peer is null ? null : samples[2]));
            }
        }

        return pairs;
    }

    /// <summary>The median over the rounds of engine divided by raw.</summary>
    internal double MedianRatio(Func<Sample, double> figure) => Median.Of(_rounds.Select(r => figure(r.Engine) / figure(r.Raw)));

    /// <summary>The median over the rounds of engine divided by peer.</summary>
    internal double MedianPeerRatio(Func<Sample, double> figure) => Median.Of(_rounds.Select(r => figure(r.Engine) / figure(r.Peer!.Value)));

    internal double MedianEngine(Func<Sample, double> figure) => Median.Of(_rounds.Select(r => figure(r.Engine)));

    internal double MedianRaw(Func<Sample, double> figure) => Median.Of(_rounds.Select(r => figure(r.Raw)));

    internal double MedianPeer(Func<Sample, double> figure) => Median.Of(_rounds.Select(r => figure(r.Peer!.Value)));

    /// <summary>Every measurement.</summary>
    internal JsonArray ToJson() => new([.. _rounds.Select(ToJson)]);

    private static JsonNode ToJson((Sample Engine, Sample Raw, Sample? Peer) round)
    {
        JsonObject json = new() { ["engine"] = ToJson(round.Engine), ["raw"] = ToJson(round.Raw) };
        if (round.Peer is { } peer)
        {
            json["llamasharp"] = ToJson(peer);
        }

        return json;
    }

    private static JsonObject ToJson(Sample sample) => new()
    {
        ["work"] = sample.Work,
        ["ms"] = Math.Round(sample.Seconds * 1000, 3),
        ["cpu_ms"] = Math.Round(sample.CpuSeconds * 1000, 3),
    };
}
