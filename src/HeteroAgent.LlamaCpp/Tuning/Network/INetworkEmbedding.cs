namespace HeteroAgent.LlamaCpp;

/// <summary>Turns tokens into the first block's input.</summary>
internal unsafe interface INetworkEmbedding
{
    /// <summary>Overwrites x [tokens, width].</summary>
    void Forward(NetworkPass pass, PackedBatch batch, float* x);

    /// <summary>Adds the gradients of what is trained.</summary>
    void Backward(NetworkPass pass, PackedBatch batch, float* dx);
}
