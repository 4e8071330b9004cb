namespace HeteroAgent.LlamaCpp;

/// <summary>All trained numbers of a network in one pinned array, so that gradients, moments and averages are plain vectors of the same length.</summary>
internal sealed unsafe class ParameterSet
{
    private readonly List<Parameter> _parameters = [];
    private float[]? _values;

    internal IReadOnlyList<Parameter> Parameters => _parameters;

    internal int Count { get; private set; }

    internal float[] Values => _values ?? throw new InvalidOperationException("The parameters have no values before Allocate.");

    internal float* Pointer => (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(Values, 0);

    internal Parameter Add(string name, int rows, int columns, bool decays)
    {
        Parameter parameter = new(name, Count, rows, columns, decays);
        _parameters.Add(parameter);

        // Each parameter starts on a cache line of its own; the gap stays zero.
        Count = checked((Count + parameter.Count + 15) & ~15);
        return parameter;
    }

    /// <summary>Makes room for all parameters that were added, filled with zeros.</summary>
    internal void Allocate() => _values = NewVector();

    /// <summary>A vector as long as all parameters together, zeros.</summary>
    internal float[] NewVector() => GC.AllocateArray<float>(Count, pinned: true);

    internal Span<float> Of(Parameter parameter) => Values.AsSpan(parameter.Offset, parameter.Count);
}
