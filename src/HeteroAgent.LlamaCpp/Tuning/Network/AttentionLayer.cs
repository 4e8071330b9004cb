using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Grouped-query attention within each sequence of a packed batch (Ainslie et al., arXiv:2305.13245). The weights of attention are not kept: the backward pass computes them again.</summary>
internal sealed unsafe class AttentionLayer(int heads, int keyValueHeads, int headSize, bool causal)
{
    private readonly float _scale = 1 / MathF.Sqrt(headSize);

    private int QueryWidth => heads * headSize;

    private int KeyWidth => keyValueHeads * headSize;

    /// <summary>Overwrites y [tokens, heads·size] with the attended values.</summary>
    internal void Forward(NetworkPass pass, float* q, float* k, float* v, float* y, PackedBatch batch)
    {
        new Span<float>(y, batch.TokenCount * QueryWidth).Clear();
        for (int s = 0; s < batch.SequenceCount; s++)
        {
            (int start, int length) = batch.Sequence(s);
            (int, long) mark = pass.Arena.Mark();
            float* weights = pass.Arena.Take((long)length * length);
            for (int head = 0; head < heads; head++)
            {
                Weights(pass, q, k, head, start, length, weights);
                MatrixProduct.Add(new(weights, length, 1), new(v + KeyOffset(start, head), KeyWidth, 1), y + QueryOffset(start, head), QueryWidth, length, headSize, length, pass.Pack);
            }

            pass.Arena.Release(mark);
        }
    }

    /// <summary>Overwrites dq, dk and dv with the gradients of queries, keys and values.</summary>
    internal void Backward(NetworkPass pass, float* q, float* k, float* v, float* dy, float* dq, float* dk, float* dv, PackedBatch batch)
    {
        new Span<float>(dq, batch.TokenCount * QueryWidth).Clear();
        new Span<float>(dk, batch.TokenCount * KeyWidth).Clear();
        new Span<float>(dv, batch.TokenCount * KeyWidth).Clear();
        for (int s = 0; s < batch.SequenceCount; s++)
        {
            (int start, int length) = batch.Sequence(s);
            (int, long) mark = pass.Arena.Mark();
            float* weights = pass.Arena.Take((long)length * length);
            float* gradient = pass.Arena.Take((long)length * length);
            for (int head = 0; head < heads; head++)
            {
                long query = QueryOffset(start, head);
                long key = KeyOffset(start, head);
                Weights(pass, q, k, head, start, length, weights);
                MatrixProduct.Add(new(weights, 1, length), new(dy + query, QueryWidth, 1), dv + key, KeyWidth, length, headSize, length, pass.Pack);

                new Span<float>(gradient, length * length).Clear();
                MatrixProduct.Add(new(dy + query, QueryWidth, 1), new(v + key, 1, KeyWidth), gradient, length, length, length, headSize, pass.Pack);
                SoftmaxBackward(weights, gradient, length);
                MatrixProduct.Add(new(gradient, length, 1), new(k + key, KeyWidth, 1), dq + query, QueryWidth, length, headSize, length, pass.Pack);
                MatrixProduct.Add(new(gradient, 1, length), new(q + query, QueryWidth, 1), dk + key, KeyWidth, length, headSize, length, pass.Pack);
            }

            pass.Arena.Release(mark);
        }
    }

    private long QueryOffset(int start, int head) => ((long)start * QueryWidth) + (head * headSize);

    private long KeyOffset(int start, int head) => ((long)start * KeyWidth) + (head * keyValueHeads / heads * headSize);

    /// <summary>softmax(q·kᵀ/√size) of one head in one sequence; what the mask hides is zero.</summary>
    private void Weights(NetworkPass pass, float* q, float* k, int head, int start, int length, float* weights)
    {
        new Span<float>(weights, length * length).Clear();
        MatrixProduct.Add(new(q + QueryOffset(start, head), QueryWidth, 1), new(k + KeyOffset(start, head), 1, KeyWidth), weights, length, length, length, headSize, pass.Pack);
        for (int i = 0; i < length; i++)
        {
            int seen = causal ? i + 1 : length;
            Span<float> row = new(weights + ((long)i * length), seen);
            TensorPrimitives.Multiply(row, _scale, row);

            // Less the highest first: SoftMax itself takes the powers as they come, and large scores overflow.
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
            new Span<float>(weights + ((long)i * length) + seen, length - seen).Clear();
        }
    }

    private void SoftmaxBackward(float* weights, float* gradient, int length)
    {
        for (int i = 0; i < length; i++, weights += length, gradient += length)
        {
            float mean = Vectors.Dot(weights, gradient, length);
            Span<float> row = new(gradient, length);
            TensorPrimitives.Subtract(row, mean, row);
            TensorPrimitives.Multiply(row, new ReadOnlySpan<float>(weights, length), row);
            TensorPrimitives.Multiply(row, _scale, row);
        }
    }
}
