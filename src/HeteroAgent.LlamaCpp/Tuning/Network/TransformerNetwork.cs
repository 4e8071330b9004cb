namespace HeteroAgent.LlamaCpp;

/// <summary>A transformer that can be trained: forward and backward passes over packed batches. Thread-safe as long as each thread has a pass of its own and nobody changes the parameters meanwhile.</summary>
internal sealed unsafe class TransformerNetwork(int width, ParameterSet parameters, INetworkEmbedding embedding, IReadOnlyList<NetworkBlock> blocks, OutputHead head)
{
    internal ParameterSet Parameters => parameters;

    /// <summary>The logits at the wanted positions, one row of the vocabulary's size after the other.</summary>
    internal float[] Logits(NetworkPass pass, PackedBatch batch)
    {
        float[] logits = new float[batch.Outputs.Length * head.VocabularySize];
        (int, long) mark = pass.Arena.Mark();
        head.Logits(pass, Forward(pass, batch), batch, logits);
        pass.Arena.Release(mark);
        return logits;
    }

    /// <summary>The cross-entropy summed over the wanted positions, without a gradient.</summary>
    internal double Loss(NetworkPass pass, PackedBatch batch)
    {
        (int, long) mark = pass.Arena.Mark();
        double loss = head.Loss(pass, Forward(pass, batch), batch, 1, null);
        pass.Arena.Release(mark);
        return loss;
    }

    /// <summary>The cross-entropy summed over the wanted positions; the gradient of that sum times <paramref name="scale"/> is added to the pass's.</summary>
    internal double LossAndGradient(NetworkPass pass, PackedBatch batch, float scale)
    {
        (int, long) mark = pass.Arena.Mark();
        float* x = Embed(pass, batch);
        BlockState[] states = new BlockState[blocks.Count];
        float* last = x;
        for (int i = 0; i < blocks.Count; i++)
        {
            states[i] = blocks[i].Forward(pass, last, batch);
            last = states[i].Output;
        }

        float* dx = pass.Arena.TakeZeroed((long)batch.TokenCount * width);
        double loss = head.Loss(pass, last, batch, scale, dx);
        for (int i = blocks.Count - 1; i >= 0; i--)
        {
            blocks[i].Backward(pass, states[i], dx, batch);
        }

        embedding.Backward(pass, batch, dx);
        pass.Arena.Release(mark);
        return loss;
    }

    /// <summary>The last block's output, without what a backward pass would need.</summary>
    private float* Forward(NetworkPass pass, PackedBatch batch)
    {
        float* x = Embed(pass, batch);
        foreach (NetworkBlock block in blocks)
        {
            // Only the newest output is needed: it is copied down before the block's room is used again.
            (int, long) before = pass.Arena.Mark();
            Vectors.Copy(block.Forward(pass, x, batch).Output, x, batch.TokenCount * width);
            pass.Arena.Release(before);
        }

        return x;
    }

    private float* Embed(NetworkPass pass, PackedBatch batch)
    {
        float* x = pass.Arena.Take((long)batch.TokenCount * width);
        embedding.Forward(pass, batch, x);
        return x;
    }
}
