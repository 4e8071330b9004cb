using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Grouped-query attention within each sequence of a packed batch (Ainslie et al., arXiv:2305.13245). The weights of attention are not kept: the backward pass computes them again.</summary>
internal sealed unsafe class AttentionLayer(int heads, int keyValueHeads, int headSize, bool causal)
{
    /// <summary>Rows that are multiplied at once where a token sees only what stands before it: what all of them do not see is left out. Whole tiles of either kind.</summary>
    private const int CausalRows = 96;
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
                float* values = v + KeyOffset(start, head);
                float* target = y + QueryOffset(start, head);
                for (int row = 0, rows; row < length; row += rows)
                {
                    (rows, int seen) = Rows(row, length);
                    MatrixProduct.Add(new(weights + ((long)row * length), length, 1), new(values, KeyWidth, 1), target + ((long)row * QueryWidth), QueryWidth, rows, headSize, seen, pass.Pack);
                }
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
                for (int row = 0, rows; row < length; row += rows)
                {
                    (rows, int seen) = Rows(row, length);
                    long at = (long)row * length;
                    long queryAt = query + ((long)row * QueryWidth);
                    MatrixProduct.Add(new(weights + at, 1, length), new(dy + queryAt, QueryWidth, 1), dv + key, KeyWidth, seen, headSize, rows, pass.Pack);

                    Clear(gradient + at, rows, length, seen);
                    MatrixProduct.Add(new(dy + queryAt, QueryWidth, 1), new(v + key, 1, KeyWidth), gradient + at, length, rows, seen, headSize, pass.Pack);
                    SoftmaxBackward(weights + at, gradient + at, rows, length, seen);
                    MatrixProduct.Add(new(gradient + at, length, 1), new(k + key, KeyWidth, 1), dq + queryAt, QueryWidth, rows, headSize, seen, pass.Pack);
                    MatrixProduct.Add(new(gradient + at, 1, length), new(q + queryAt, QueryWidth, 1), dk + key, KeyWidth, seen, headSize, rows, pass.Pack);
                }
            }

            pass.Arena.Release(mark);
        }
    }

    private long QueryOffset(int start, int head) => ((long)start * QueryWidth) + (head * headSize);

    private long KeyOffset(int start, int head) => ((long)start * KeyWidth) + (head * keyValueHeads / heads * headSize);

    /// <summary>How many rows are taken at once from one on, and how many columns the last of them sees.</summary>
    private (int Rows, int Seen) Rows(int row, int length)
    {
        int rows = causal ? Math.Min(CausalRows, length - row) : length;
        return (rows, row + rows);
    }

    private static void Clear(float* rows, int count, int stride, int columns)
    {
        for (int i = 0; i < count; i++)
        {
            new Span<float>(rows + ((long)i * stride), columns).Clear();
        }
    }

    /// <summary>softmax(q·kᵀ/√size) of one head in one sequence; what the mask hides is zero as far as the rows of a block see, and undefined behind.</summary>
    private void Weights(NetworkPass pass, float* q, float* k, int head, int start, int length, float* weights)
    {
        float* queries = q + QueryOffset(start, head);
        float* keys = k + KeyOffset(start, head);
        for (int row = 0, rows; row < length; row += rows)
        {
            (rows, int seen) = Rows(row, length);
            float* block = weights + ((long)row * length);
            Clear(block, rows, length, seen);
            MatrixProduct.Add(new(queries + ((long)row * QueryWidth), QueryWidth, 1), new(keys, 1, KeyWidth), block, length, rows, seen, headSize, pass.Pack);
            for (int i = 0; i < rows; i++, block += length)
            {
                int own = causal ? row + i + 1 : length;
                Span<float> scores = new(block, own);

                // Less the highest first: SoftMax itself takes the powers as they come, and large scores overflow.
                TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
                TensorPrimitives.Multiply(scores, _scale, scores);
                TensorPrimitives.SoftMax(scores, scores);
                new Span<float>(block + own, seen - own).Clear();
            }
        }
    }

    private void SoftmaxBackward(float* weights, float* gradient, int rows, int stride, int columns)
    {
        for (int i = 0; i < rows; i++, weights += stride, gradient += stride)
        {
            float mean = Vectors.Dot(weights, gradient, columns);
            Span<float> row = new(gradient, columns);
            TensorPrimitives.Subtract(row, mean, row);
            TensorPrimitives.Multiply(row, new ReadOnlySpan<float>(weights, columns), row);
            TensorPrimitives.Multiply(row, _scale, row);
        }
    }
}
