namespace HeteroAgent;

/// <summary>Binary logistic regression with an L2 penalty, fitted by Newton's method (iteratively reweighted least squares).</summary>
/// <remarks>
/// <para>Inputs are standardised on the fitting rows, so the penalty treats every feature alike; the intercept is not penalised. <see cref="double.NaN"/> stands for a
/// missing value: it is replaced by the feature's mean, and a feature that was missing in some fitting rows and present in others gets a second weight for being missing.</para>
/// <para>Deterministic: the same rows give the same model to the last bit on one machine. Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class LogisticRegression
{
    private const int MaxIterations = 100;
    private const double Tolerance = 1e-10;

    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[] _weights;
    private readonly double[] _missingWeights;

    internal LogisticRegression(double intercept, double[] means, double[] scales, double[] weights, double[] missingWeights)
    {
        Intercept = intercept;
        _means = means;
        _scales = scales;
        _weights = weights;
        _missingWeights = missingWeights;
    }

    /// <summary>Gets the number of features.</summary>
    public int FeatureCount => _weights.Length;

    /// <summary>Gets the log-odds of a row whose every feature is at its mean.</summary>
    public double Intercept { get; }

    /// <summary>Gets the weight of each standardised feature, (value − mean) / standard deviation.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Gets what is added to the log-odds where a feature is missing; 0 for a feature that was never, or always, missing in the fitting rows.</summary>
    public IReadOnlyList<double> MissingWeights => _missingWeights;

    /// <summary>Gets the mean of each feature over the fitting rows that have it.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>Gets the standard deviation of each feature over the fitting rows that have it; 1 where it is constant.</summary>
    public IReadOnlyList<double> Scales => _scales;

    /// <summary>Fits a model.</summary>
    /// <param name="rows">The rows, all of one length; <see cref="double.NaN"/> where a value is missing, otherwise finite.</param>
    /// <param name="labels">One label a row; both classes must occur.</param>
    /// <param name="l2">The penalty, l2/2 times the sum of squared weights beside the summed log-loss; above 0. Default 1.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">An argument or a row is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no row, the counts or lengths differ, a value is infinite, or the labels are of one class only.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="l2"/> is not a positive finite number.</exception>
    public static LogisticRegression Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels, double l2 = 1)
    {
        if (!(l2 > 0 && double.IsFinite(l2)))
        {
            throw new ArgumentOutOfRangeException(nameof(l2), l2, "The penalty is a finite number above 0.");
        }

        LabeledRows.Check(rows, labels);
        int features = rows[0].Length;
        FeatureScaling scaling = FeatureScaling.Of(rows);
        double[][] design = [.. rows.Select(scaling.Apply)];
        double[] solution = Solve(design, labels, l2);
        double[] missing = new double[features];
        for (int i = 0; i < scaling.Indicators.Length; i++)
        {
            missing[scaling.Indicators[i]] = solution[1 + features + i];
        }

        return new LogisticRegression(solution[0], scaling.Means, scaling.Scales, solution[1..(1 + features)], missing);
    }

    /// <summary>Returns the probability that the label of a row is <see langword="true"/>.</summary>
    /// <param name="row">The features, <see cref="double.NaN"/> where missing.</param>
    /// <returns>A probability in [0, 1].</returns>
    /// <exception cref="ArgumentException">The length differs from <see cref="FeatureCount"/>, or a value is infinite.</exception>
    public double Predict(ReadOnlySpan<double> row) => Logistic.Probability(LogOdds(row));

    /// <summary>Returns the logarithm of the odds that the label of a row is <see langword="true"/>.</summary>
    /// <param name="row">The features, <see cref="double.NaN"/> where missing.</param>
    /// <returns>A finite number; 0 where both labels are as likely.</returns>
    /// <exception cref="ArgumentException">The length differs from <see cref="FeatureCount"/>, or a value is infinite.</exception>
    public double LogOdds(ReadOnlySpan<double> row)
    {
        if (row.Length != _weights.Length)
        {
            throw new ArgumentException($"The row has {row.Length} features; the model was fitted on {_weights.Length}.", nameof(row));
        }

        double sum = Intercept;
        for (int i = 0; i < row.Length; i++)
        {
            if (double.IsInfinity(row[i]))
            {
                throw new ArgumentException($"Feature {i} is {row[i]}; a feature is finite, or NaN where it is missing.", nameof(row));
            }

            sum += double.IsNaN(row[i]) ? _missingWeights[i] : _weights[i] * ((row[i] - _means[i]) / _scales[i]);
        }

        return sum;
    }

    private static double[] Solve(double[][] design, IReadOnlyList<bool> labels, double l2)
    {
        int size = design[0].Length + 1;
        double[] solution = new double[size];
        double loss = Loss(design, labels, solution, l2);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            double[] step = NewtonStep(design, labels, solution, l2);
            double fraction = 1;
            double[] candidate = Moved(solution, step, fraction);
            double next = Loss(design, labels, candidate, l2);

            // The loss is convex, so a shorter step along the Newton direction lowers it unless rounding is all that is left.
            for (; !(next <= loss) && fraction > 1e-6; fraction /= 2)
            {
                candidate = Moved(solution, step, fraction / 2);
                next = Loss(design, labels, candidate, l2);
            }

            if (!(next <= loss))
            {
                break;
            }

            solution = candidate;
            double gain = loss - next;
            loss = next;
            if (gain <= Tolerance * (1 + Math.Abs(loss)))
            {
                break;
            }
        }

        return solution;
    }

    private static double[] NewtonStep(double[][] design, IReadOnlyList<bool> labels, double[] solution, double l2)
    {
        int size = solution.Length;
        double[] gradient = new double[size];
        double[][] hessian = new double[size][];
        for (int i = 0; i < size; i++)
        {
            hessian[i] = new double[i + 1];
            gradient[i] = i == 0 ? 0 : -l2 * solution[i];
            hessian[i][i] = i == 0 ? 1e-9 : l2;
        }

        for (int r = 0; r < design.Length; r++)
        {
            double[] row = design[r];
            double p = Logistic.Probability(Dot(row, solution));
            double error = (labels[r] ? 1 : 0) - p;
            double curvature = Math.Max(p * (1 - p), 1e-9);
            gradient[0] += error;
            hessian[0][0] += curvature;
            for (int i = 1; i < size; i++)
            {
                double value = row[i - 1];
                if (value == 0)
                {
                    continue;
                }

                double[] line = hessian[i];
                gradient[i] += error * value;
                double scaled = curvature * value;
                line[0] += scaled;
                for (int j = 1; j <= i; j++)
                {
                    line[j] += scaled * row[j - 1];
                }
            }
        }

        return Cholesky.Solve(hessian, gradient);
    }

    private static double Loss(double[][] design, IReadOnlyList<bool> labels, double[] solution, double l2)
    {
        double sum = 0;
        for (int r = 0; r < design.Length; r++)
        {
            double z = Dot(design[r], solution);
            double signed = labels[r] ? -z : z;
            sum += Math.Max(signed, 0) + Math.Log(1 + Math.Exp(-Math.Abs(signed)));
        }

        for (int i = 1; i < solution.Length; i++)
        {
            sum += l2 / 2 * solution[i] * solution[i];
        }

        return sum;
    }

    private static double Dot(double[] row, double[] solution)
    {
        double sum = solution[0];
        for (int i = 0; i < row.Length; i++)
        {
            sum += row[i] * solution[i + 1];
        }

        return sum;
    }

    private static double[] Moved(double[] from, double[] step, double fraction)
    {
        double[] moved = new double[from.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = from[i] + (fraction * step[i]);
        }

        return moved;
    }
}
