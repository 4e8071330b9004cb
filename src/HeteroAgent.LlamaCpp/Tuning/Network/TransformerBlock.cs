namespace HeteroAgent.LlamaCpp;

/// <summary>One block of the llama family: attention and a gated feed-forward layer, each behind a norm and beside a residual connection.</summary>
internal sealed unsafe class TransformerBlock : NetworkBlock
{
    internal required RmsNorm AttentionNorm { get; init; }

    internal required LinearLayer Query { get; init; }

    internal required LinearLayer Key { get; init; }

    internal required LinearLayer Value { get; init; }

    internal required LinearLayer Output { get; init; }

    internal RmsNorm? QueryNorm { get; init; }

    internal RmsNorm? KeyNorm { get; init; }

    internal required AttentionLayer Attention { get; init; }

    internal required RotaryEmbedding Rotary { get; init; }

    internal required RmsNorm FeedForwardNorm { get; init; }

    internal required LinearLayer Gate { get; init; }

    internal required LinearLayer Up { get; init; }

    internal required LinearLayer Down { get; init; }

    internal required int HeadSize { get; init; }

    private int Width => Query.Inputs;

    private int Hidden => Gate.Outputs;

    internal override BlockState Forward(NetworkPass pass, float* x, PackedBatch batch)
    {
        int tokens = batch.TokenCount;
        FloatArena arena = pass.Arena;
        BlockState state = new()
        {
            Input = x,
            Query = arena.Take((long)tokens * Query.Outputs),
            Key = arena.Take((long)tokens * Key.Outputs),
            Value = arena.Take((long)tokens * Value.Outputs),
            Attended = arena.Take((long)tokens * Query.Outputs),
            Middle = arena.Take((long)tokens * Width),
            Gate = arena.Take((long)tokens * Hidden),
            Up = arena.Take((long)tokens * Hidden),
            Output = arena.Take((long)tokens * Width),
        };
        (int, long) mark = arena.Mark();
        float* normed = arena.Take((long)tokens * Width);
        AttentionNorm.Forward(pass, x, normed, tokens);
        Query.Forward(pass, normed, state.Query, tokens);
        Key.Forward(pass, normed, state.Key, tokens);
        Value.Forward(pass, normed, state.Value, tokens);
        arena.Release(mark);
        if (QueryNorm is not null && KeyNorm is not null)
        {
            state.RawQuery = NormByHeads(pass, QueryNorm, ref state.Query, tokens, Query.Outputs);
            state.RawKey = NormByHeads(pass, KeyNorm, ref state.Key, tokens, Key.Outputs);
        }

        Rotary.Rotate(state.Query, Query.Outputs / HeadSize, batch.Positions, backwards: false);
        Rotary.Rotate(state.Key, Key.Outputs / HeadSize, batch.Positions, backwards: false);
        Attention.Forward(pass, state.Query, state.Key, state.Value, state.Attended, batch);
        Vectors.Copy(x, state.Middle, tokens * Width);
        Output.AddForward(pass, state.Attended, state.Middle, tokens);

        mark = arena.Mark();
        normed = arena.Take((long)tokens * Width);
        FeedForwardNorm.Forward(pass, state.Middle, normed, tokens);
        Gate.Forward(pass, normed, state.Gate, tokens);
        Up.Forward(pass, normed, state.Up, tokens);
        float* hidden = arena.Take((long)tokens * Hidden);
        SwiGlu.Forward(state.Gate, state.Up, hidden, tokens * Hidden);
        Vectors.Copy(state.Middle, state.Output, tokens * Width);
        Down.AddForward(pass, hidden, state.Output, tokens);
        arena.Release(mark);
        return state;
    }

    internal override void Backward(NetworkPass pass, in BlockState state, float* dx, PackedBatch batch)
    {
        int tokens = batch.TokenCount;
        FloatArena arena = pass.Arena;
        (int, long) mark = arena.Mark();
        float* normed = arena.Take((long)tokens * Width);
        float* hidden = arena.Take((long)tokens * Hidden);
        float* sigmoid = arena.Take((long)tokens * Hidden);
        float* dHidden = arena.TakeZeroed((long)tokens * Hidden);
        SwiGlu.Forward(state.Gate, state.Up, sigmoid, hidden, tokens * Hidden);
        Down.Backward(pass, hidden, dx, dHidden, tokens);
        SwiGlu.Backward(state.Gate, state.Up, sigmoid, dHidden, hidden, tokens * Hidden);
        FeedForwardNorm.Forward(pass, state.Middle, normed, tokens);
        float* dNormed = arena.TakeZeroed((long)tokens * Width);
        Gate.Backward(pass, normed, hidden, dNormed, tokens);
        Up.Backward(pass, normed, dHidden, dNormed, tokens);
        FeedForwardNorm.Backward(pass, state.Middle, dNormed, dx, tokens);
        arena.Release(mark);

        mark = arena.Mark();
        float* dAttended = arena.TakeZeroed((long)tokens * Query.Outputs);
        Output.Backward(pass, state.Attended, dx, dAttended, tokens);
        float* dq = arena.Take((long)tokens * Query.Outputs);
        float* dk = arena.Take((long)tokens * Key.Outputs);
        float* dv = arena.Take((long)tokens * Value.Outputs);
        Attention.Backward(pass, state.Query, state.Key, state.Value, dAttended, dq, dk, dv, batch);
        Rotary.Rotate(dq, Query.Outputs / HeadSize, batch.Positions, backwards: true);
        Rotary.Rotate(dk, Key.Outputs / HeadSize, batch.Positions, backwards: true);
        if (QueryNorm is not null && KeyNorm is not null)
        {
            dq = NormByHeadsBackward(pass, QueryNorm, state.RawQuery, dq, tokens, Query.Outputs);
            dk = NormByHeadsBackward(pass, KeyNorm, state.RawKey, dk, tokens, Key.Outputs);
        }

        normed = arena.Take((long)tokens * Width);
        dNormed = arena.TakeZeroed((long)tokens * Width);
        AttentionNorm.Forward(pass, state.Input, normed, tokens);
        Query.Backward(pass, normed, dq, dNormed, tokens);
        Key.Backward(pass, normed, dk, dNormed, tokens);
        Value.Backward(pass, normed, dv, dNormed, tokens);
        AttentionNorm.Backward(pass, state.Input, dNormed, dx, tokens);
        arena.Release(mark);
    }

    /// <summary>Replaces queries or keys by their normalised form and gives back the raw ones.</summary>
    private static float* NormByHeads(NetworkPass pass, RmsNorm norm, ref float* x, int tokens, int width)
    {
        float* raw = x;
        x = pass.Arena.Take((long)tokens * width);
        norm.Forward(pass, raw, x, tokens * (width / norm.Width));
        return raw;
    }

    private static float* NormByHeadsBackward(NetworkPass pass, RmsNorm norm, float* raw, float* dy, int tokens, int width)
    {
        float* dx = pass.Arena.TakeZeroed((long)tokens * width);
        norm.Backward(pass, raw, dy, dx, tokens * (width / norm.Width));
        return dx;
    }
}
