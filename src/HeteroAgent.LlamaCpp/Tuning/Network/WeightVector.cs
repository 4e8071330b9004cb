using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>A vector of weights, trained or frozen.</summary>
internal sealed unsafe class WeightVector
{
    private readonly Parameter? _trained;
    private readonly float[]? _frozen;

    internal WeightVector(Parameter trained)
    {
        _trained = trained;
        Width = trained.Columns;
    }

    internal WeightVector(ReadOnlySpan<float> frozen)
    {
        _frozen = GC.AllocateUninitializedArray<float>(frozen.Length, pinned: true);
        frozen.CopyTo(_frozen);
        Width = frozen.Length;
    }

    internal int Width { get; }

    internal float* Value(NetworkPass pass) => _trained is { } parameter ? pass.Value(parameter) : (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_frozen!, 0);

    /// <summary>Where the gradient is added, or null.</summary>
    internal float* Gradient(NetworkPass pass) => _trained is { } parameter ? pass.Gradient(parameter) : null;
}
