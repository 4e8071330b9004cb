namespace HeteroAgent.LlamaCpp;

/// <summary>One block of a transformer.</summary>
internal abstract unsafe class NetworkBlock
{
    /// <summary>Computes the block's output; what the backward pass needs stays in the pass's arena.</summary>
    internal abstract BlockState Forward(NetworkPass pass, float* x, PackedBatch batch);

    /// <summary>Turns the gradient of the output into that of the input, in place, and adds the gradients of the weights.</summary>
    internal abstract void Backward(NetworkPass pass, in BlockState state, float* dx, PackedBatch batch);
}
