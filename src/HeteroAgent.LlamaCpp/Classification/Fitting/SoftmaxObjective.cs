using System.Numerics;
using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>The mean cross-entropy of a linear softmax classifier with an L2 penalty, and its gradient.</summary>
/// <remarks>
/// Parameters are a matrix of (dimension + 1) rows, the last of them the intercepts, and one column a class, padded with zeros to whole vectors: so a row of it meets one number of an example.
/// Rows of examples are shared out in a fixed number of parts that are summed in order: the result does not depend on the threads. Not safe for concurrent use.
/// </remarks>
internal sealed unsafe class SoftmaxObjective
{
    private const int Parts = 8;
    private const int ChunkRows = 64;
    private const int Group = 4;
    private readonly ClassifierExamples _examples;
    private readonly double _l2;
    private readonly int _threads;
    private readonly float[] _weights;
    private readonly float[][] _gradients;
    private readonly double[] _losses;

    internal SoftmaxObjective(ClassifierExamples examples, double inversePenalty, int threads)
    {
        _examples = examples;
        Columns = Padded(examples.ClassCount);
        _l2 = 1 / (inversePenalty * examples.Count);
        _threads = Math.Clamp(threads, 1, Environment.ProcessorCount);
        ParameterCount = (examples.Dimension + 1) * Columns;
        _weights = new float[ParameterCount];
        _gradients = [.. Enumerable.Range(0, Parts).Select(_ => new float[ParameterCount])];
        _losses = new double[Parts];
    }

    /// <summary>The columns of the parameters: the classes, padded.</summary>
    internal int Columns { get; }

    internal int ParameterCount { get; }

    /// <summary>The number of classes, rounded up to two whole vectors.</summary>
    internal static int Padded(int classes)
    {
        int tile = 2 * Vector<float>.Count;
        return (classes + tile - 1) / tile * tile;
    }

    /// <summary>The value at a point, and the gradient there.</summary>
    internal double Evaluate(double[] parameters, double[] gradient)
    {
        TensorPrimitives.ConvertTruncating<double, float>(parameters, _weights);
        Parallel.For(0, Parts, new ParallelOptions { MaxDegreeOfParallelism = _threads }, EvaluatePart);
        double penalty = 0;
        int penalised = _examples.Dimension * Columns;
        for (int i = 0; i < penalised; i++)
        {
            penalty += parameters[i] * parameters[i];
        }

        double scale = 1.0 / _examples.Count;
        double loss = 0;
        Array.Clear(gradient);
        for (int part = 0; part < Parts; part++)
        {
            loss += _losses[part];
            float[] from = _gradients[part];
            for (int i = 0; i < gradient.Length; i++)
            {
                gradient[i] += from[i];
            }
        }

        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = (gradient[i] * scale) + (i < penalised ? _l2 * parameters[i] : 0);
        }

        return (loss * scale) + (_l2 / 2 * penalty);
    }

    private void EvaluatePart(int part)
    {
        int first = (int)((long)_examples.Count * part / Parts);
        int end = (int)((long)_examples.Count * (part + 1) / Parts);
        Array.Clear(_gradients[part]);
        double loss = 0;
        float[] scores = new float[ChunkRows * Columns];
        fixed (float* vectors = _examples.Vectors, weights = _weights, z = scores, gradient = _gradients[part])
        {
            for (int row = first; row < end; row += ChunkRows)
            {
                int rows = Math.Min(ChunkRows, end - row);
                float* x = vectors + ((long)row * _examples.Dimension);
                Score(x, rows, weights, z);
                loss += ToErrors(scores, row, rows);
                Accumulate(x, rows, z, gradient);
            }
        }

        _losses[part] = loss;
    }

    /// <summary>z = x · W + intercepts, four rows and two vectors of columns at a time.</summary>
    private void Score(float* x, int rows, float* weights, float* z)
    {
        int dimension = _examples.Dimension;
        int width = Vector<float>.Count;
        for (int column = 0; column < Columns; column += 2 * width)
        {
            float* w = weights + column;
            Vector<float> intercept0 = Vector.Load(w + ((long)dimension * Columns));
            Vector<float> intercept1 = Vector.Load(w + ((long)dimension * Columns) + width);
            int r = 0;
            for (; r + Group <= rows; r += Group)
            {
                float* x0 = x + ((long)r * dimension);
                float* x1 = x0 + dimension;
                float* x2 = x1 + dimension;
                float* x3 = x2 + dimension;
                Vector<float> a0 = intercept0, b0 = intercept1, a1 = intercept0, b1 = intercept1, a2 = intercept0, b2 = intercept1, a3 = intercept0, b3 = intercept1;
                float* line = w;
                for (int d = 0; d < dimension; d++, line += Columns)
                {
                    Vector<float> left = Vector.Load(line);
                    Vector<float> right = Vector.Load(line + width);
                    Vector<float> value = new(x0[d]);
                    a0 = Vector.FusedMultiplyAdd(value, left, a0);
                    b0 = Vector.FusedMultiplyAdd(value, right, b0);
                    value = new(x1[d]);
                    a1 = Vector.FusedMultiplyAdd(value, left, a1);
                    b1 = Vector.FusedMultiplyAdd(value, right, b1);
                    value = new(x2[d]);
                    a2 = Vector.FusedMultiplyAdd(value, left, a2);
                    b2 = Vector.FusedMultiplyAdd(value, right, b2);
                    value = new(x3[d]);
                    a3 = Vector.FusedMultiplyAdd(value, left, a3);
                    b3 = Vector.FusedMultiplyAdd(value, right, b3);
                }

                float* to = z + ((long)r * Columns) + column;
                a0.Store(to);
                b0.Store(to + width);
                a1.Store(to + Columns);
                b1.Store(to + Columns + width);
                a2.Store(to + (2 * Columns));
                b2.Store(to + (2 * Columns) + width);
                a3.Store(to + (3 * Columns));
                b3.Store(to + (3 * Columns) + width);
            }

            for (; r < rows; r++)
            {
                Vector<float> a = intercept0, b = intercept1;
                float* line = w;
                for (int d = 0; d < dimension; d++, line += Columns)
                {
                    Vector<float> value = new(x[((long)r * dimension) + d]);
                    a = Vector.FusedMultiplyAdd(value, Vector.Load(line), a);
                    b = Vector.FusedMultiplyAdd(value, Vector.Load(line + width), b);
                }

                a.Store(z + ((long)r * Columns) + column);
                b.Store(z + ((long)r * Columns) + column + width);
            }
        }
    }

    /// <summary>Turns scores into probabilities less the right answer, the gradient by the scores, and returns the summed loss.</summary>
    private double ToErrors(float[] scores, int firstRow, int rows)
    {
        double loss = 0;
        int classes = _examples.ClassCount;
        for (int r = 0; r < rows; r++)
        {
            Span<float> line = scores.AsSpan(r * Columns, Columns);
            Span<float> own = line[..classes];
            int right = _examples.Classes[firstRow + r];
            float most = TensorPrimitives.Max<float>(own);
            double rightScore = own[right] - most;
            TensorPrimitives.Subtract(own, most, own);
            TensorPrimitives.Exp<float>(own, own);
            float sum = TensorPrimitives.Sum<float>(own);
            loss += Math.Log(sum) - rightScore;
            TensorPrimitives.Divide(own, sum, own);
            own[right] -= 1;
            line[classes..].Clear();
        }

        return loss;
    }

    /// <summary>gradient += xᵀ · errors, four rows of the gradient and two vectors of columns at a time.</summary>
    private void Accumulate(float* x, int rows, float* errors, float* gradient)
    {
        int dimension = _examples.Dimension;
        int width = Vector<float>.Count;
        int d = 0;
        for (; d + Group <= dimension; d += Group)
        {
            for (int column = 0; column < Columns; column += 2 * width)
            {
                Vector<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
                float* at = x + d;
                float* error = errors + column;
                for (int r = 0; r < rows; r++, at += dimension, error += Columns)
                {
                    Vector<float> left = Vector.Load(error);
                    Vector<float> right = Vector.Load(error + width);
                    Vector<float> value = new(at[0]);
                    a0 = Vector.FusedMultiplyAdd(value, left, a0);
                    b0 = Vector.FusedMultiplyAdd(value, right, b0);
                    value = new(at[1]);
                    a1 = Vector.FusedMultiplyAdd(value, left, a1);
                    b1 = Vector.FusedMultiplyAdd(value, right, b1);
                    value = new(at[2]);
                    a2 = Vector.FusedMultiplyAdd(value, left, a2);
                    b2 = Vector.FusedMultiplyAdd(value, right, b2);
                    value = new(at[3]);
                    a3 = Vector.FusedMultiplyAdd(value, left, a3);
                    b3 = Vector.FusedMultiplyAdd(value, right, b3);
                }

                float* to = gradient + ((long)d * Columns) + column;
                Add(to, a0, b0);
                Add(to + Columns, a1, b1);
                Add(to + (2 * Columns), a2, b2);
                Add(to + (3 * Columns), a3, b3);
            }
        }

        for (; d <= dimension; d++)
        {
            for (int column = 0; column < Columns; column += 2 * width)
            {
                Vector<float> a = default, b = default;
                for (int r = 0; r < rows; r++)
                {
                    // The last row belongs to the intercepts, whose input is always 1.
                    Vector<float> value = new(d == dimension ? 1 : x[((long)r * dimension) + d]);
                    a = Vector.FusedMultiplyAdd(value, Vector.Load(errors + ((long)r * Columns) + column), a);
                    b = Vector.FusedMultiplyAdd(value, Vector.Load(errors + ((long)r * Columns) + column + width), b);
                }

                Add(gradient + ((long)d * Columns) + column, a, b);
            }
        }
    }

    private static void Add(float* to, Vector<float> left, Vector<float> right)
    {
        (Vector.Load(to) + left).Store(to);
        (Vector.Load(to + Vector<float>.Count) + right).Store(to + Vector<float>.Count);
    }
}
