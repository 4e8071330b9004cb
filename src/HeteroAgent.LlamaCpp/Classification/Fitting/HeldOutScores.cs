using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>What heads fitted without them say of examples held out, and of texts out of scope.</summary>
internal sealed class HeldOutScores
{
    private const int Bins = 15;
    private readonly List<(float[] Scores, int Class)> _rows = [];
    private readonly List<double> _inScope = [];
    private readonly List<double> _outOfScope = [];

    internal int Count => _rows.Count;

    internal IReadOnlyList<double> OutOfScopeScores => _outOfScope;

    internal double Accuracy => _rows.Average(r => TensorPrimitives.IndexOfMax<float>(r.Scores) == r.Class ? 1.0 : 0.0);

    internal void Add(ClassifierExamples examples, IEnumerable<int> rows, LinearSoftmax classifier, float[] means, EncodedTexts outOfScope)
    {
        foreach (int row in rows)
        {
            float[] scores = classifier.Score(examples.Vector(row));
            _rows.Add((scores, examples.Classes[row]));
            _inScope.Add(InScope.Score(scores, examples.Vector(row), means));
        }

        for (int i = 0; outOfScope.Dimension > 0 && i < outOfScope.Vectors.Length / outOfScope.Dimension; i++)
        {
            _outOfScope.Add(InScope.Score(classifier.Score(outOfScope.Vector(i)), outOfScope.Vector(i), means));
        }
    }

    internal double LogLoss(double temperature) => _rows.Average(r => Softmax.LogSumExp(r.Scores, temperature) - (r.Scores[r.Class] / temperature));

    /// <summary>The expected calibration error of the likeliest label's probability.</summary>
    internal double CalibrationError(double temperature)
    {
        double[] surplus = new double[Bins];
        foreach ((float[] scores, int right) in _rows)
        {
            int best = TensorPrimitives.IndexOfMax<float>(scores);
            double probability = Math.Exp((scores[best] / temperature) - Softmax.LogSumExp(scores, temperature));
            surplus[Math.Min((int)(probability * Bins), Bins - 1)] += (best == right ? 1 : 0) - probability;
        }

        return surplus.Sum(Math.Abs) / _rows.Count;
    }

    /// <summary>The temperature of the least log-loss, by golden sections over its logarithm: the log-loss is convex in the inverse temperature.</summary>
    internal double BestTemperature()
    {
        const double Least = 0.05;
        const double Most = 20;
        double golden = (Math.Sqrt(5) - 1) / 2;
        double low = Math.Log(Least);
        double high = Math.Log(Most);
        double left = high - (golden * (high - low));
        double right = low + (golden * (high - low));
        double leftLoss = LogLoss(Math.Exp(left));
        double rightLoss = LogLoss(Math.Exp(right));
        while (high - low > 1e-3)
        {
            if (leftLoss <= rightLoss)
            {
                (high, right, rightLoss) = (right, left, leftLoss);
                left = high - (golden * (high - low));
                leftLoss = LogLoss(Math.Exp(left));
            }
            else
            {
                (low, left, leftLoss) = (left, right, rightLoss);
                right = low + (golden * (high - low));
                rightLoss = LogLoss(Math.Exp(right));
            }
        }

        return Math.Exp((low + high) / 2);
    }

    /// <summary>The score that a text in scope must reach.</summary>
    internal double Threshold(double refusalRate) => _outOfScope.Count > 0 ? BalancedThreshold() : Quantile(refusalRate);

    private double Quantile(double rate)
    {
        double[] sorted = [.. _inScope.Order()];
        int refused = (int)Math.Floor(rate * sorted.Length);
        return refused == 0 ? double.NegativeInfinity : sorted[refused];
    }

    /// <summary>The threshold with the highest mean of the share kept in scope and the share refused out of scope.</summary>
    private double BalancedThreshold()
    {
        (double Score, bool In)[] sorted = [.. _inScope.Select(s => (s, true)).Concat(_outOfScope.Select(s => (s, false))).OrderBy(s => s.Item1)];
        double best = 1;
        double threshold = double.NegativeInfinity;
        int refusedIn = 0;
        int refusedOut = 0;
        for (int i = 0; i + 1 < sorted.Length; i++)
        {
            _ = sorted[i].In ? refusedIn++ : refusedOut++;
            double balance = 1 - ((double)refusedIn / _inScope.Count) + ((double)refusedOut / _outOfScope.Count);
            if (balance > best && sorted[i].Score < sorted[i + 1].Score)
            {
                best = balance;
                threshold = (sorted[i].Score + sorted[i + 1].Score) / 2;
            }
        }

        return threshold;
    }
}
