using System.Runtime.InteropServices;

namespace HeteroAgent;

/// <summary>How plausible an operation is for a question: a linear model on hashed features, trained to tell the operations of worked solutions from corrupted ones.</summary>
/// <remarks>It needs no labelled answers, and judges what arithmetic checks cannot: whether the right operation was chosen. Noise-contrastive training in the manner of corrupted-step verifiers.</remarks>
internal sealed class ChainModel
{
    private const int Epochs = 2;
    private const double LearningRate = 0.1;
    private const double L2 = 3e-4;

    private readonly float[] _weights;

    private ChainModel(float[] weights) => _weights = weights;

    internal static ChainModel Train(IReadOnlyList<(QuestionContext Question, List<ChainStep> Steps)> solutions, int seed, CancellationToken cancellationToken)
    {
        float[] weights = new float[ChainFeatures.Buckets];
        float[] squares = new float[ChainFeatures.Buckets];
        Random random = new(seed);
        int[] order = [.. Enumerable.Range(0, solutions.Count)];
        List<int> buckets = [];
        void Learn(QuestionContext question, ChainStep step, double label, double rate)
        {
            ChainFeatures.Write(question, step, buckets);
            double error = label - Logistic.Probability(Sum(weights, buckets));
            foreach (int bucket in buckets)
            {
                // AdaGrad: rare words move as far as frequent ones.
                double gradient = error - (L2 * weights[bucket]);
                squares[bucket] += (float)(gradient * gradient);
                weights[bucket] += (float)(rate * gradient / Math.Sqrt(0.01 + squares[bucket]));
            }
        }

        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (int i in order)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (QuestionContext question, List<ChainStep> steps) = solutions[i];
                foreach (ChainStep step in steps)
                {
                    Learn(question, step, 1, LearningRate);
                    for (int k = 0; k < 2; k++)
                    {
                        if (ChainCorruption.Of(question, steps, step, random) is { } corrupted)
                        {
                            Learn(question, corrupted, 0, LearningRate);
                        }
                    }

                    if (random.Next(3) == 0)
                    {
                        Learn(question, step with { IsLast = !step.IsLast }, 0, LearningRate / 2);
                    }
                }
            }
        }

        // Stored in half precision, and used so from the start: what is read back scores as what was trained on.
        return new ChainModel([.. weights.Select(w => (float)(Half)w)]);
    }

    internal static ChainModel Read(BinaryReader reader)
    {
        Half[] weights = new Half[ChainFeatures.Buckets];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return weights.All(Half.IsFinite) ? new ChainModel([.. weights.Select(w => (float)w)]) : throw new InvalidDataException("a weight is not finite");
    }

    internal void Write(BinaryWriter writer) => writer.Write(MemoryMarshal.AsBytes<Half>(_weights.Select(w => (Half)w).ToArray()));

    /// <summary>The log-odds that an operation belongs to a right solution.</summary>
    internal double Score(QuestionContext question, ChainStep step)
    {
        List<int> buckets = [];
        ChainFeatures.Write(question, step, buckets);
        return Sum(_weights, buckets);
    }

    private static double Sum(float[] weights, List<int> buckets)
    {
        double sum = 0;
        foreach (int bucket in buckets)
        {
            sum += weights[bucket];
        }

        return sum;
    }
}
