namespace HeteroAgent.LlamaCpp;

/// <summary>BERT's input: token, position and type embeddings, added and normalised. Frozen: there are more of them than of all other weights, and few are met in training.</summary>
internal sealed unsafe class BertEmbedding(WeightMatrix tokens, WeightMatrix positions, float[] type, LayerNorm norm) : INetworkEmbedding
{
    public void Forward(NetworkPass pass, PackedBatch batch, float* x)
    {
        int width = tokens.Columns;
        fixed (float* first = type)
        {
            for (int i = 0; i < batch.TokenCount; i++)
            {
                float* row = x + ((long)i * width);
                Vectors.Copy(first, row, width);
                Vectors.Add(tokens.Read(pass, batch.Tokens[i], 1), row, width);
                Vectors.Add(positions.Read(pass, batch.Positions[i], 1), row, width);
            }
        }

        norm.Forward(pass, x, x, batch.TokenCount);
    }

    public void Backward(NetworkPass pass, PackedBatch batch, float* dx)
    {
        // Nothing of it is trained.
    }
}
