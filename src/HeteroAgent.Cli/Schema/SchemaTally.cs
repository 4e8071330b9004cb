using System.Globalization;

namespace HeteroAgent.Cli;

/// <summary>Counts what came of some schemas.</summary>
internal sealed class SchemaTally
{
    private const int MostReasons = 20;

    private readonly List<TimeSpan> _masks = [];
    private readonly List<TimeSpan> _compiles = [];
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private int _schemas;
    private int _accepted;
    private int _right;
    private int _wrongAccepts;

    internal void Add(SchemaCase one, SchemaResult result)
    {
        _schemas++;
        if (!result.Accepted)
        {
            string reason = result.Reason!.Split(". At ")[0];
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            return;
        }

        _accepted++;
        _compiles.Add(result.Compile);
        _masks.AddRange(result.Masks);
        bool right = true;
        for (int i = 0; i < result.Results.Count; i++)
        {
            (System.Text.Json.JsonElement data, bool valid) = one.Tests[i];
            if (result.Results[i] != valid)
            {
                right = false;
                _wrongAccepts += valid ? 0 : 1;
                _wrong.Add($"{(valid ? "valid, not read" : "INVALID, READ")}: {one.Id}: {data.GetRawText()}");
            }
        }

        _right += right ? 1 : 0;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_schemas} schemas, {_accepted} accepted, {_right} with every instance right, {_wrongAccepts} invalid instances read; compile p50 {Quantile(_compiles, 0.5):0} µs, p99 {Quantile(_compiles, 0.99):0} µs; mask p50 {Quantile(_masks, 0.5):0.0} µs, p99 {Quantile(_masks, 0.99):0} µs");

    internal IEnumerable<string> Details() =>
        _wrong.Concat(_reasons.OrderByDescending(r => r.Value).Take(MostReasons).Select(r => $"refused {r.Value}: {r.Key}"));

    private static double Quantile(List<TimeSpan> times, double share)
    {
        if (times.Count == 0)
        {
            return 0;
        }

        times.Sort();
        return times[(int)(share * (times.Count - 1))].TotalMicroseconds;
    }
}
