using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Operations on runs of numbers behind pointers.</summary>
internal static unsafe class Vectors
{
    internal static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    /// <summary>to += from.</summary>
    internal static void Add(float* from, float* to, int count) => TensorPrimitives.Add(new ReadOnlySpan<float>(from, count), new Span<float>(to, count), new Span<float>(to, count));

    /// <summary>to += from · scale.</summary>
    internal static void AddScaled(float* from, float scale, float* to, int count) =>
        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(from, count), scale, new Span<float>(to, count), new Span<float>(to, count));

    internal static void Scale(float* x, float scale, int count) => TensorPrimitives.Multiply(new Span<float>(x, count), scale, new Span<float>(x, count));

    internal static float Dot(float* x, float* y, int count) => TensorPrimitives.Dot(new ReadOnlySpan<float>(x, count), new ReadOnlySpan<float>(y, count));
}
