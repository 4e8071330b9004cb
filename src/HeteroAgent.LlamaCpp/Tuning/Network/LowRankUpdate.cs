namespace HeteroAgent.LlamaCpp;

/// <summary>The trained part of a LoRA layer: A [rank, inputs] and B [outputs, rank], added as scale·(x·Aᵀ)·Bᵀ.</summary>
internal sealed unsafe class LowRankUpdate(Parameter a, Parameter b, float scale)
{
    private int Rank => a.Rows;

    internal void AddForward(NetworkPass pass, float* x, float* y, int tokens)
    {
        (int, long) mark = pass.Arena.Mark();
        MatrixProduct.Add(new(Inner(pass, x, tokens), Rank, 1), new(pass.Value(b), 1, Rank), y, b.Rows, tokens, b.Rows, Rank, pass.Pack);
        pass.Arena.Release(mark);
    }

    internal void Backward(NetworkPass pass, float* x, float* dy, float* dx, int tokens)
    {
        (int, long) mark = pass.Arena.Mark();
        float* inner = Inner(pass, x, tokens);
        MatrixProduct.Add(new(dy, 1, b.Rows), new(inner, Rank, 1), pass.Gradient(b), Rank, b.Rows, Rank, tokens, pass.Pack);

        float* dInner = pass.Arena.TakeZeroed((long)tokens * Rank);
        MatrixProduct.Add(new(dy, b.Rows, 1), new(pass.Value(b), Rank, 1), dInner, Rank, tokens, Rank, b.Rows, pass.Pack);
        Vectors.Scale(dInner, scale, tokens * Rank);
        MatrixProduct.Add(new(dInner, 1, Rank), new(x, a.Columns, 1), pass.Gradient(a), a.Columns, Rank, a.Columns, tokens, pass.Pack);
        if (dx is not null)
        {
            MatrixProduct.Add(new(dInner, Rank, 1), new(pass.Value(a), a.Columns, 1), dx, a.Columns, tokens, a.Columns, Rank, pass.Pack);
        }

        pass.Arena.Release(mark);
    }

    /// <summary>scale·x·Aᵀ.</summary>
    private float* Inner(NetworkPass pass, float* x, int tokens)
    {
        float* inner = pass.Arena.TakeZeroed((long)tokens * Rank);
        MatrixProduct.Add(new(x, a.Columns, 1), new(pass.Value(a), 1, a.Columns), inner, Rank, tokens, Rank, a.Columns, pass.Pack);
        Vectors.Scale(inner, scale, tokens * Rank);
        return inner;
    }
}
