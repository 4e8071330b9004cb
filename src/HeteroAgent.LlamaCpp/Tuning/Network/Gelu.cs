using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>GELU in its form with tanh (Hendrycks and Gimpel, arXiv:1606.08415), which llama.cpp computes too.</summary>
internal static unsafe class Gelu
{
    private const float Root = 0.7978845608f;
    private const float Cubic = 0.044715f;

    internal static void Forward(float* x, float* y, int count)
    {
        ReadOnlySpan<float> source = new(x, count);
        Span<float> target = new(y, count);
        Tanh(source, target);
        TensorPrimitives.Add(target, 1, target);
        TensorPrimitives.Multiply(target, source, target);
        TensorPrimitives.Multiply(target, 0.5f, target);
    }

    /// <summary>Multiplies dy by the slope at x.</summary>
    internal static void Backward(float* x, float* dy, int count)
    {
        const int Chunk = 1024;
        Span<float> room = stackalloc float[Chunk];
        for (int from = 0; from < count; from += Chunk)
        {
            int length = Math.Min(Chunk, count - from);
            ReadOnlySpan<float> source = new(x + from, length);
            Span<float> tanh = room[..length];
            Tanh(source, tanh);
            for (int i = 0; i < length; i++)
            {
                (float at, float t) = (source[i], tanh[i]);
                dy[from + i] *= (0.5f * (1 + t)) + (0.5f * at * (1 - (t * t)) * Root * (1 + (3 * Cubic * at * at)));
            }
        }
    }

    /// <summary>tanh(√(2/π)·(x + 0.044715·x³)).</summary>
    private static void Tanh(ReadOnlySpan<float> x, Span<float> target)
    {
        TensorPrimitives.Multiply(x, x, target);
        TensorPrimitives.Multiply(target, Cubic, target);
        TensorPrimitives.Add(target, 1, target);
        TensorPrimitives.Multiply(target, x, target);
        TensorPrimitives.Multiply(target, Root, target);
        TensorPrimitives.Tanh(target, target);
    }
}
