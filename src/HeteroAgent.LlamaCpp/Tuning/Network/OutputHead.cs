using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>The last norm, where there is one, the projection to the vocabulary and the cross-entropy, computed only at the rows whose outputs are wanted.</summary>
internal sealed unsafe class OutputHead(RmsNorm? norm, WeightMatrix projection)
{
    /// <summary>The rows whose logits are held at once: 128 rows of a vocabulary of 49,152 are 25 MB.</summary>
    private const int ChunkRows = 128;

    internal int VocabularySize => projection.Rows;

    /// <summary>Writes the logits of the wanted rows, one row after the other.</summary>
    internal void Logits(NetworkPass pass, float* x, PackedBatch batch, Span<float> logits)
    {
        int width = projection.Columns;
        logits[..(batch.Outputs.Length * VocabularySize)].Clear();
        fixed (float* target = logits)
        {
            for (int first = 0; first < batch.Outputs.Length; first += ChunkRows)
            {
                int rows = Math.Min(ChunkRows, batch.Outputs.Length - first);
                (int, long) mark = pass.Arena.Mark();
                float* gathered = pass.Arena.Take((long)rows * width);
                Gather(x, batch.Outputs.Slice(first, rows), gathered);
                float* normed = Norm(pass, gathered, rows);
                projection.AddForward(pass, normed, target + ((long)first * VocabularySize), rows);
                pass.Arena.Release(mark);
            }
        }
    }

    /// <summary>Sums the cross-entropy of the wanted rows; with <paramref name="dx"/>, adds the gradient of that sum times <paramref name="scale"/>.</summary>
    /// <returns>The sum over rows, in nats, not scaled.</returns>
    internal double Loss(NetworkPass pass, float* x, PackedBatch batch, float scale, float* dx)
    {
        double loss = 0;
        int width = projection.Columns;
        for (int first = 0; first < batch.Outputs.Length; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, batch.Outputs.Length - first);
            ReadOnlySpan<int> outputs = batch.Outputs.Slice(first, rows);
            (int, long) mark = pass.Arena.Mark();
            float* gathered = pass.Arena.Take((long)rows * width);
            Gather(x, outputs, gathered);
            float* normed = Norm(pass, gathered, rows);
            float* logits = pass.Arena.TakeZeroed((long)rows * VocabularySize);
            projection.AddForward(pass, normed, logits, rows);
            for (int r = 0; r < rows; r++)
            {
                loss += CrossEntropy(new Span<float>(logits + ((long)r * VocabularySize), VocabularySize), batch.TargetTokens(first + r), batch.TargetWeights(first + r), scale);
            }

            if (dx is not null)
            {
                float* dNormed = pass.Arena.TakeZeroed((long)rows * width);
                float* dGathered = norm is null ? dNormed : pass.Arena.TakeZeroed((long)rows * width);
                projection.AddGradient(pass, normed, logits, rows);
                projection.AddBackward(pass, logits, dNormed, rows);
                norm?.Backward(pass, gathered, dNormed, dGathered, rows);
                for (int r = 0; r < rows; r++)
                {
                    Vectors.Add(dGathered + ((long)r * width), dx + ((long)outputs[r] * width), width);
                }
            }

            pass.Arena.Release(mark);
        }

        return loss;
    }

    /// <summary>The cross-entropy of one row; its logits become the gradient times <paramref name="scale"/>.</summary>
    private static double CrossEntropy(Span<float> logits, ReadOnlySpan<int> tokens, ReadOnlySpan<float> weights, float scale)
    {
        double wanted = 0;
        double total = 0;
        float max = TensorPrimitives.Max<float>(logits);
        for (int i = 0; i < tokens.Length; i++)
        {
            wanted += (double)weights[i] * (logits[tokens[i]] - max);
            total += weights[i];
        }

        TensorPrimitives.Subtract(logits, max, logits);
        TensorPrimitives.Exp<float>(logits, logits);
        float sum = TensorPrimitives.Sum<float>(logits);
        TensorPrimitives.Multiply(logits, (float)total * scale / sum, logits);
        for (int i = 0; i < tokens.Length; i++)
        {
            logits[tokens[i]] -= weights[i] * scale;
        }

        return (total * Math.Log(sum)) - wanted;
    }

    private float* Norm(NetworkPass pass, float* gathered, int rows)
    {
        if (norm is null)
        {
            return gathered;
        }

        float* normed = pass.Arena.Take((long)rows * projection.Columns);
        norm.Forward(pass, gathered, normed, rows);
        return normed;
    }

    private void Gather(float* x, ReadOnlySpan<int> rows, float* target)
    {
        foreach (int row in rows)
        {
            Vectors.Copy(x + ((long)row * projection.Columns), target, projection.Columns);
            target += projection.Columns;
        }
    }
}
