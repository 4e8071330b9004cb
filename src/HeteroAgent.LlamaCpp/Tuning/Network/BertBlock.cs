namespace HeteroAgent.LlamaCpp;

/// <summary>One block of BERT (Devlin et al., arXiv:1810.04805): attention and a feed-forward layer, each with a residual connection and a norm behind it.</summary>
internal sealed unsafe class BertBlock : NetworkBlock
{
    internal required LinearLayer Query { get; init; }

    internal required LinearLayer Key { get; init; }

    internal required LinearLayer Value { get; init; }

    internal required LinearLayer Output { get; init; }

    internal required AttentionLayer Attention { get; init; }

    internal required LayerNorm AttentionNorm { get; init; }

    internal required LinearLayer Up { get; init; }

    internal required LinearLayer Down { get; init; }

    internal required LayerNorm OutputNorm { get; init; }

    private int Width => Query.Inputs;

    private int Hidden => Up.Outputs;

    internal override BlockState Forward(NetworkPass pass, float* x, PackedBatch batch)
    {
        int tokens = batch.TokenCount;
        FloatArena arena = pass.Arena;
        float* Take(int width) => arena.Take((long)tokens * width);
        BlockState state = new()
        {
            Input = x,
            Query = Take(Width),
            Key = Take(Width),
            Value = Take(Width),
            Attended = Take(Width),
            Sum = Take(Width),
            Middle = Take(Width),
            Up = Take(Hidden),
            OutputSum = Take(Width),
            Output = Take(Width),
        };
        Query.Forward(pass, x, state.Query, tokens);
        Key.Forward(pass, x, state.Key, tokens);
        Value.Forward(pass, x, state.Value, tokens);
        Attention.Forward(pass, state.Query, state.Key, state.Value, state.Attended, batch);
        Vectors.Copy(x, state.Sum, tokens * Width);
        Output.AddForward(pass, state.Attended, state.Sum, tokens);
        AttentionNorm.Forward(pass, state.Sum, state.Middle, tokens);

        Up.Forward(pass, state.Middle, state.Up, tokens);
        (int, long) mark = arena.Mark();
        float* hidden = Take(Hidden);
        Gelu.Forward(state.Up, hidden, tokens * Hidden);
        Vectors.Copy(state.Middle, state.OutputSum, tokens * Width);
        Down.AddForward(pass, hidden, state.OutputSum, tokens);
        OutputNorm.Forward(pass, state.OutputSum, state.Output, tokens);
        arena.Release(mark);
        return state;
    }

    internal override void Backward(NetworkPass pass, in BlockState state, float* dx, PackedBatch batch)
    {
        int tokens = batch.TokenCount;
        FloatArena arena = pass.Arena;
        (int, long) mark = arena.Mark();
        float* hidden = arena.Take((long)tokens * Hidden);
        float* dHidden = arena.TakeZeroed((long)tokens * Hidden);
        OutputNorm.Backward(pass, state.OutputSum, dx, dx, tokens);
        Gelu.Forward(state.Up, hidden, tokens * Hidden);
        Down.Backward(pass, hidden, dx, dHidden, tokens);
        Gelu.Backward(state.Up, dHidden, tokens * Hidden);
        Up.Backward(pass, state.Middle, dHidden, dx, tokens);
        AttentionNorm.Backward(pass, state.Sum, dx, dx, tokens);
        arena.Release(mark);

        mark = arena.Mark();
        float* dAttended = arena.TakeZeroed((long)tokens * Width);
        float* dq = arena.Take((long)tokens * Width);
        float* dk = arena.Take((long)tokens * Width);
        float* dv = arena.Take((long)tokens * Width);
        Output.Backward(pass, state.Attended, dx, dAttended, tokens);
        Attention.Backward(pass, state.Query, state.Key, state.Value, dAttended, dq, dk, dv, batch);
        Query.Backward(pass, state.Input, dq, dx, tokens);
        Key.Backward(pass, state.Input, dk, dx, tokens);
        Value.Backward(pass, state.Input, dv, dx, tokens);
        arena.Release(mark);
    }
}
