using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>y = w ∘ x / √(mean(x²) + ε) by rows (Zhang and Sennrich, arXiv:1910.07467). The weight is trained, or frozen.</summary>
internal sealed unsafe class RmsNorm(WeightVector weight, float epsilon)
{
    internal int Width => weight.Width;

    /// <summary>Normalises rows of <see cref="Width"/>.</summary>
    internal void Forward(NetworkPass pass, float* x, float* y, int rows)
    {
        float* w = weight.Value(pass);
        for (int r = 0; r < rows; r++, x += Width, y += Width)
        {
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(x, Width), Scale(x), new Span<float>(y, Width));
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(w, Width), new ReadOnlySpan<float>(y, Width), new Span<float>(y, Width));
        }
    }

    /// <summary>Adds the gradient of the input to dx, and that of the weight where it is trained.</summary>
    internal void Backward(NetworkPass pass, float* x, float* dy, float* dx, int rows)
    {
        float* w = weight.Value(pass);
        float* dw = weight.Gradient(pass);
        (int, long) mark = pass.Arena.Mark();
        float* weighted = pass.Arena.Take(Width);
        Span<float> product = new(weighted, Width);
        for (int r = 0; r < rows; r++, x += Width, dy += Width, dx += Width)
        {
            float scale = Scale(x);
            if (dw is not null)
            {
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(dy, Width), new ReadOnlySpan<float>(x, Width), product);
                Vectors.AddScaled(weighted, scale, dw, Width);
            }

            TensorPrimitives.Multiply(new ReadOnlySpan<float>(w, Width), new ReadOnlySpan<float>(dy, Width), product);
            float along = Vectors.Dot(weighted, x, Width) * scale * scale * scale / Width;
            Vectors.AddScaled(weighted, scale, dx, Width);
            Vectors.AddScaled(x, -along, dx, Width);
        }

        pass.Arena.Release(mark);
    }

    private float Scale(float* x) => 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(x, Width)) / Width) + epsilon);
}
