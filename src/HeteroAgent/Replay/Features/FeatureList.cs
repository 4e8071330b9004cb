namespace HeteroAgent;

/// <summary>Features under their names, always in the same order.</summary>
internal sealed class FeatureList
{
    private readonly List<string> _names = [];
    private readonly List<double> _values = [];

    internal IReadOnlyList<string> Names => _names;

    internal double[] ToArray() => [.. _values];

    /// <summary>Adds a feature; NaN where it does not apply. An infinite one is held at a large number.</summary>
    internal void Add(string name, double value)
    {
        _names.Add(name);
        _values.Add(double.IsNaN(value) ? double.NaN : Math.Clamp(value, -1e9, 1e9));
    }

    internal void Add(string name, bool value) => Add(name, value ? 1 : 0);
}
