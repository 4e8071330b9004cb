using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks;

/// <summary>Values by their rank.</summary>
internal sealed class Distribution
{
    private readonly List<double> _values = [];
    private bool _sorted;

    internal int Count => _values.Count;

    internal void Add(double value)
    {
        _values.Add(value);
        _sorted = false;
    }

    /// <summary>The value that a share of all lies at or below.</summary>
    internal double At(double share)
    {
        if (!_sorted)
        {
            _values.Sort();
            _sorted = true;
        }

        return _values[Math.Min((int)(share * _values.Count), _values.Count - 1)];
    }

    internal JsonObject ToJson() => new()
    {
        ["p50"] = Math.Round(At(0.5), 1),
        ["p90"] = Math.Round(At(0.9), 1),
        ["p99"] = Math.Round(At(0.99), 1),
        ["max"] = Math.Round(At(1), 1),
    };
}
