using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Probabilities and their logarithms from scores.</summary>
internal static class Softmax
{
    /// <summary>ln Σ exp(score / temperature).</summary>
    internal static double LogSumExp(ReadOnlySpan<float> scores, double temperature = 1)
    {
        double most = TensorPrimitives.Max(scores);
        double sum = 0;
        foreach (float score in scores)
        {
            sum += Math.Exp((score - most) / temperature);
        }

        return (most / temperature) + Math.Log(sum);
    }

    internal static double[] Probabilities(ReadOnlySpan<float> scores, double temperature)
    {
        double total = LogSumExp(scores, temperature);
        double[] probabilities = new double[scores.Length];
        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = Math.Exp((scores[i] / temperature) - total);
        }

        return probabilities;
    }
}
