namespace HeteroAgent.LlamaCpp;

/// <summary>The weights of a linear layer, read by rows: trained numbers in memory, or frozen ones that stay quantised.</summary>
internal abstract unsafe class WeightMatrix(int rows, int columns)
{
    internal int Rows { get; } = rows;

    internal int Columns { get; } = columns;

    /// <summary>The rows that one call of <see cref="Read"/> may ask for.</summary>
    internal abstract int BlockRows { get; }

    /// <summary>What is trained, or null where the matrix is frozen.</summary>
    internal virtual Parameter? Trained => null;

    /// <summary>Rows as contiguous numbers, valid until the pass reads again.</summary>
    internal abstract float* Read(NetworkPass pass, int first, int count);

    /// <summary>Adds x·Wᵀ to y.</summary>
    internal void AddForward(NetworkPass pass, float* x, float* y, int tokens)
    {
        for (int first = 0; first < Rows; first += BlockRows)
        {
            int count = Math.Min(BlockRows, Rows - first);
            float* block = Read(pass, first, count);
            MatrixProduct.Add(new(x, Columns, 1), new(block, 1, Columns), y + first, Rows, tokens, count, Columns, pass.Pack);
        }
    }

    /// <summary>Adds dy·W to dx.</summary>
    internal void AddBackward(NetworkPass pass, float* dy, float* dx, int tokens)
    {
        for (int first = 0; first < Rows; first += BlockRows)
        {
            int count = Math.Min(BlockRows, Rows - first);
            float* block = Read(pass, first, count);
            MatrixProduct.Add(new(dy + first, Rows, 1), new(block, Columns, 1), dx, Columns, tokens, Columns, count, pass.Pack);
        }
    }

    /// <summary>Adds dyᵀ·x to the gradient, where the matrix is trained.</summary>
    internal void AddGradient(NetworkPass pass, float* x, float* dy, int tokens)
    {
        if (Trained is { } parameter)
        {
            MatrixProduct.Add(new(dy, 1, Rows), new(x, Columns, 1), pass.Gradient(parameter), Columns, Rows, Columns, tokens, pass.Pack);
        }
    }
}
