using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>A fitted linear classifier: a row of weights and an intercept a class. Immutable and thread-safe.</summary>
/// <remarks>
/// Unlike <see cref="LogisticRegression"/>, which inverts the whole matrix of second derivatives, it is fitted without it: with hundreds of features and classes that matrix has
/// hundreds of millions of entries.
/// </remarks>
/// <param name="Weights">Classes × <paramref name="Dimension"/> numbers, class after class.</param>
/// <param name="Intercepts">One a class.</param>
/// <param name="Dimension">The length of a vector.</param>
internal sealed record LinearSoftmax(float[] Weights, float[] Intercepts, int Dimension)
{
    private const double Tolerance = 1e-4;

    /// <summary>With many classes the first gradient is small itself.</summary>
    private const double RelativeTolerance = 0.05;
    private const int MostIterations = 500;

    internal int ClassCount => Intercepts.Length;

    /// <summary>Fits a classifier: the minimum of C times the summed cross-entropy and half the sum of squared weights, the intercepts left free.</summary>
    internal static LinearSoftmax Fit(ClassifierExamples examples, double inversePenalty, int threads, Action<int, double>? onStep, CancellationToken cancellationToken)
    {
        SoftmaxObjective objective = new(examples, inversePenalty, threads);
        double[] parameters = new double[objective.ParameterCount];
        _ = LimitedMemoryBfgs.Minimise(objective.Evaluate, parameters, Tolerance, RelativeTolerance, MostIterations, onStep, cancellationToken);
        float[] weights = new float[examples.ClassCount * examples.Dimension];
        float[] intercepts = new float[examples.ClassCount];
        for (int c = 0; c < examples.ClassCount; c++)
        {
            for (int d = 0; d < examples.Dimension; d++)
            {
                weights[(c * examples.Dimension) + d] = (float)parameters[(d * objective.Columns) + c];
            }

            intercepts[c] = (float)parameters[(examples.Dimension * objective.Columns) + c];
        }

        return new LinearSoftmax(weights, intercepts, examples.Dimension);
    }

    /// <summary>The score of each class, a logarithm up to a constant.</summary>
    internal float[] Score(ReadOnlySpan<float> vector)
    {
        float[] scores = new float[ClassCount];
        for (int c = 0; c < scores.Length; c++)
        {
            scores[c] = TensorPrimitives.Dot(vector, Weights.AsSpan(c * Dimension, Dimension)) + Intercepts[c];
        }

        return scores;
    }
}
