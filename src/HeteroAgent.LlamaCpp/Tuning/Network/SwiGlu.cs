using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace HeteroAgent.LlamaCpp;

/// <summary>h = silu(g)·u, silu(g) = g·σ(g) (Shazeer, arXiv:2002.05202).</summary>
internal static unsafe class SwiGlu
{
    internal static void Forward(float* gate, float* up, float* hidden, int count)
    {
        Span<float> target = new(hidden, count);
        TensorPrimitives.Sigmoid(new ReadOnlySpan<float>(gate, count), target);
        TensorPrimitives.Multiply(target, new ReadOnlySpan<float>(gate, count), target);
        TensorPrimitives.Multiply(target, new ReadOnlySpan<float>(up, count), target);
    }

    /// <summary>The same, and σ(g) for <see cref="Backward"/>.</summary>
    internal static void Forward(float* gate, float* up, float* sigmoid, float* hidden, int count)
    {
        ReadOnlySpan<float> source = new(gate, count);
        Span<float> kept = new(sigmoid, count);
        Span<float> target = new(hidden, count);
        TensorPrimitives.Sigmoid(source, kept);
        TensorPrimitives.Multiply(kept, source, target);
        TensorPrimitives.Multiply(target, new ReadOnlySpan<float>(up, count), target);
    }

    /// <summary>From the gradient of h: that of g to <paramref name="dGate"/>, and that of u in place of the gradient of h.</summary>
    internal static void Backward(float* gate, float* up, float* sigmoid, float* dHidden, float* dGate, int length)
    {
        int i = 0;
        for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
        {
            Vector256<float> g = Vector256.Load(gate + i);
            Vector256<float> s = Vector256.Load(sigmoid + i);
            Vector256<float> dh = Vector256.Load(dHidden + i);

            // silu'(g) = σ(g)·(1 + g·(1 − σ(g)))
            (dh * Vector256.Load(up + i) * s * (Vector256<float>.One + (g * (Vector256<float>.One - s)))).Store(dGate + i);
            (dh * g * s).Store(dHidden + i);
        }

        for (; i < length; i++)
        {
            (float g, float s, float dh) = (gate[i], sigmoid[i], dHidden[i]);
            dGate[i] = dh * up[i] * s * (1 + (g * (1 - s)));
            dHidden[i] = dh * g * s;
        }
    }
}
