using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>y = w ∘ (x − mean(x)) / √(var(x) + ε) + b by rows (Ba et al., arXiv:1607.06450).</summary>
internal sealed unsafe class LayerNorm(WeightVector weight, WeightVector bias, float epsilon)
{
    private int Width => weight.Width;

    internal void Forward(NetworkPass pass, float* x, float* y, int rows)
    {
        for (int r = 0; r < rows; r++, x += Width, y += Width)
        {
            Span<float> target = new(y, Width);
            Standardise(x, target);
            TensorPrimitives.MultiplyAdd(target, new ReadOnlySpan<float>(weight.Value(pass), Width), new ReadOnlySpan<float>(bias.Value(pass), Width), target);
        }
    }

    /// <summary>Overwrites dx with the gradient of the input and adds those of weight and bias. <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    internal void Backward(NetworkPass pass, float* x, float* dy, float* dx, int rows)
    {
        (int, long) mark = pass.Arena.Mark();
        float* standard = pass.Arena.Take(Width);
        float* product = pass.Arena.Take(Width);
        Span<float> normed = new(standard, Width);
        for (int r = 0; r < rows; r++, x += Width, dy += Width, dx += Width)
        {
            float scale = Standardise(x, normed);
            if (weight.Gradient(pass) != null)
            {
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(dy, Width), normed, new Span<float>(product, Width));
                Vectors.Add(product, weight.Gradient(pass), Width);
                Vectors.Add(dy, bias.Gradient(pass), Width);
            }

            Span<float> target = new(dx, Width);
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(dy, Width), new ReadOnlySpan<float>(weight.Value(pass), Width), target);
            float mean = TensorPrimitives.Sum<float>(target) / Width;
            float along = TensorPrimitives.Dot<float>(target, normed) / Width;
            TensorPrimitives.Subtract(target, mean, target);
            Vectors.AddScaled(standard, -along, dx, Width);
            TensorPrimitives.Multiply(target, scale, target);
        }

        pass.Arena.Release(mark);
    }

    private float Standardise(float* x, Span<float> target)
    {
        ReadOnlySpan<float> source = new(x, Width);
        TensorPrimitives.Subtract(source, TensorPrimitives.Sum(source) / Width, target);
        float scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(target) / Width) + epsilon);
        TensorPrimitives.Multiply(target, scale, target);
        return scale;
    }
}
