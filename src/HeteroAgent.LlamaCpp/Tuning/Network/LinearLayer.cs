namespace HeteroAgent.LlamaCpp;

/// <summary>y = x·Wᵀ + b, with a low-rank update s·(x·Aᵀ)·Bᵀ where an adapter is trained (LoRA, Hu et al., arXiv:2106.09685).</summary>
internal sealed unsafe class LinearLayer(WeightMatrix weight, WeightVector? bias = null, LowRankUpdate? update = null)
{
    internal int Inputs => weight.Columns;

    internal int Outputs => weight.Rows;

    /// <summary>Writes the layer's output for [tokens, Inputs] to [tokens, Outputs].</summary>
    internal void Forward(NetworkPass pass, float* x, float* y, int tokens)
    {
        if (bias is null)
        {
            new Span<float>(y, tokens * Outputs).Clear();
        }
        else
        {
            for (int t = 0; t < tokens; t++)
            {
                Vectors.Copy(bias.Value(pass), y + ((long)t * Outputs), Outputs);
            }
        }

        weight.AddForward(pass, x, y, tokens);
        update?.AddForward(pass, x, y, tokens);
    }

    /// <summary>Adds to y instead of overwriting it; for layers without bias this is the residual connection for free.</summary>
    internal void AddForward(NetworkPass pass, float* x, float* y, int tokens)
    {
        for (int t = 0; bias is not null && t < tokens; t++)
        {
            Vectors.Add(bias.Value(pass), y + ((long)t * Outputs), Outputs);
        }

        weight.AddForward(pass, x, y, tokens);
        update?.AddForward(pass, x, y, tokens);
    }

    /// <summary>Adds the gradients of weights, bias and update, and of the input to dx where that is not null.</summary>
    internal void Backward(NetworkPass pass, float* x, float* dy, float* dx, int tokens)
    {
        weight.AddGradient(pass, x, dy, tokens);
        float* db = bias is null ? null : bias.Gradient(pass);
        for (int t = 0; db is not null && t < tokens; t++)
        {
            Vectors.Add(dy + ((long)t * Outputs), db, Outputs);
        }

        update?.Backward(pass, x, dy, dx, tokens);
        if (dx is not null)
        {
            weight.AddBackward(pass, dy, dx, tokens);
        }
    }
}
