namespace HeteroAgent.LlamaCpp;

/// <summary>Token embeddings, trained or frozen.</summary>
internal sealed unsafe class EmbeddingTable(WeightMatrix table) : INetworkEmbedding
{
    public void Forward(NetworkPass pass, PackedBatch batch, float* x)
    {
        foreach (int token in batch.Tokens)
        {
            Vectors.Copy(table.Read(pass, token, 1), x, table.Columns);
            x += table.Columns;
        }
    }

    public void Backward(NetworkPass pass, PackedBatch batch, float* dx)
    {
        if (table.Trained is not { } parameter)
        {
            return;
        }

        float* gradient = pass.Gradient(parameter);
        foreach (int token in batch.Tokens)
        {
            Vectors.Add(dx, gradient + ((long)token * table.Columns), table.Columns);
            dx += table.Columns;
        }
    }
}
