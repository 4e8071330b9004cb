namespace HeteroAgent.LlamaCpp;

/// <summary>Token embeddings, trained or frozen.</summary>
internal sealed unsafe class EmbeddingTable(WeightMatrix table)
{
    internal void Forward(NetworkPass pass, ReadOnlySpan<int> tokens, float* x)
    {
        foreach (int token in tokens)
        {
            Vectors.Copy(table.Read(pass, token, 1), x, table.Columns);
            x += table.Columns;
        }
    }

    internal void Backward(NetworkPass pass, ReadOnlySpan<int> tokens, float* dx)
    {
        if (table.Trained is not { } parameter)
        {
            return;
        }

        float* gradient = pass.Gradient(parameter);
        foreach (int token in tokens)
        {
            Vectors.Add(dx, gradient + ((long)token * table.Columns), table.Columns);
            dx += table.Columns;
        }
    }
}
