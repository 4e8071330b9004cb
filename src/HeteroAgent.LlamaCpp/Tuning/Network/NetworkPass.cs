using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>What one thread needs for its forward and backward passes: the weights, its own gradient, and room for intermediate numbers. Used by one thread at a time.</summary>
internal sealed unsafe class NetworkPass
{
    private readonly float* _values;
    private readonly float* _gradients;
    private readonly float[] _pack = GC.AllocateUninitializedArray<float>(MatrixProduct.PackLength + 16, pinned: true);
    private float[] _block = [];

    /// <param name="parameters">What is trained.</param>
    /// <param name="values">The values to compute with: <see cref="ParameterSet.Values"/> or an average of them, pinned.</param>
    /// <param name="withGradient">Whether backward passes will follow.</param>
    internal NetworkPass(ParameterSet parameters, float[] values, bool withGradient)
    {
        Gradients = withGradient ? parameters.NewVector() : [];
        Values = values;
        _values = Pinned(values);
        _gradients = withGradient ? Pinned(Gradients) : null;
        float* pack = Pinned(_pack);
        Pack = (float*)(((nuint)pack + 63) & ~(nuint)63);
    }

    /// <summary>The sum of the gradients since it was last cleared, in the order of <see cref="ParameterSet.Values"/>.</summary>
    internal float[] Gradients { get; }

    internal float[] Values { get; }

    internal FloatArena Arena { get; } = new();

    /// <summary>Room for a packed panel of a matrix product, on a cache line.</summary>
    internal float* Pack { get; }

    internal float* Value(Parameter parameter) => _values + parameter.Offset;

    internal float* Gradient(Parameter parameter) => _gradients + parameter.Offset;

    /// <summary>Room for rows of frozen weights; each call gives the same room.</summary>
    internal float* Block(long count)
    {
        if (_block.Length < count)
        {
            _block = GC.AllocateUninitializedArray<float>(checked((int)count), pinned: true);
        }

        return Pinned(_block);
    }

    private static float* Pinned(float[] pinned) => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
