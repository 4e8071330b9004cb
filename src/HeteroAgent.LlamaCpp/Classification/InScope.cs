using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>How much a text is like those that a head was trained on.</summary>
internal static class InScope
{
    /// <summary>The log-sum-exp of the scores times the cosine to the nearest mean.</summary>
    internal static double Score(ReadOnlySpan<float> scores, ReadOnlySpan<float> vector, ReadOnlySpan<float> means)
    {
        double nearest = -1;
        for (int at = 0; at < means.Length; at += vector.Length)
        {
            nearest = Math.Max(nearest, TensorPrimitives.Dot(vector, means.Slice(at, vector.Length)));
        }

        return Softmax.LogSumExp(scores) * nearest;
    }

    /// <summary>The mean vector of each class, scaled to length 1.</summary>
    internal static float[] Means(ClassifierExamples examples)
    {
        float[] means = new float[examples.ClassCount * examples.Dimension];
        for (int row = 0; row < examples.Count; row++)
        {
            Span<float> mean = means.AsSpan(examples.Classes[row] * examples.Dimension, examples.Dimension);
            TensorPrimitives.Add(mean, examples.Vector(row), mean);
        }

        for (int c = 0; c < examples.ClassCount; c++)
        {
            UnitLength.Scale(means.AsSpan(c * examples.Dimension, examples.Dimension));
        }

        return means;
    }
}
