namespace HeteroAgent;

/// <summary>One training of <see cref="GradientBoostedTrees"/>: margins, derivatives and the samples of rows and features.</summary>
internal sealed class BoostingRun
{
    private readonly BinnedFeatures _data;
    private readonly GradientBoostedTreesOptions _options;
    private readonly float[] _labels;
    private readonly float[] _weights;
    private readonly double[] _margins;
    private readonly float[] _gradients;
    private readonly float[] _hessians;
    private readonly Random _random;

    public BoostingRun(BinnedFeatures data, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, GradientBoostedTreesOptions options)
    {
        _data = data;
        _options = options;
        _labels = labels.ToArray();
        _weights = weights.ToArray();
        if (_weights.Length == 0)
        {
            _weights = new float[_labels.Length];
            Array.Fill(_weights, 1);
        }

        Check();
        _margins = new double[_labels.Length];
        _gradients = new float[_labels.Length];
        _hessians = new float[_labels.Length];
        _random = new Random(options.Seed);
    }

    public GradientBoostedTrees Grow(CancellationToken cancellationToken)
    {
        float start = StartMargin();
        Array.Fill(_margins, start);
        var trees = new RegressionTree[_options.Trees];
        var grower = new TreeGrower(_data, _gradients, _hessians, _options);
        for (int i = 0; i < trees.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Derive();
            trees[i] = grower.Grow(SampleRows(), SampleFeatures());
            grower.AddTo(_margins);
        }

        return new GradientBoostedTrees(_data.Columns.Length, start, trees);
    }

    private void Check()
    {
        double total = 0;
        for (int i = 0; i < _labels.Length; i++)
        {
            if (!(_labels[i] is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException("labels", _labels[i], $"The label of row {i} must lie between 0 and 1.");
            }

            if (!(_weights[i] is >= 0 and < float.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException("weights", _weights[i], $"The weight of row {i} must be finite and at least 0.");
            }

            total += _weights[i];
        }

        if (total <= 0)
        {
            throw new ArgumentException("At least one row needs a weight above 0.", "weights");
        }
    }

    private float StartMargin()
    {
        double ones = 0, total = 0;
        for (int i = 0; i < _labels.Length; i++)
        {
            ones += _weights[i] * _labels[i];
            total += _weights[i];
        }

        // Labels of one class only still give a finite start.
        return (float)Logistic.Margin(Math.Clamp(ones / total, 1e-4, 1 - 1e-4));
    }

    private void Derive()
    {
        for (int i = 0; i < _labels.Length; i++)
        {
            double p = Logistic.Probability(_margins[i]);
            _gradients[i] = (float)(_weights[i] * (p - _labels[i]));
            _hessians[i] = (float)(_weights[i] * p * (1 - p));
        }
    }

    private int[] SampleRows()
    {
        var rows = new List<int>(_labels.Length);
        for (int i = 0; i < _labels.Length; i++)
        {
            bool drawn = _options.RowFraction >= 1 || _random.NextDouble() < _options.RowFraction;
            if (drawn && _weights[i] > 0)
            {
                rows.Add(i);
            }
        }

        return [.. rows];
    }

    private int[] SampleFeatures()
    {
        int count = _data.Columns.Length;
        int[] features = [.. Enumerable.Range(0, count)];
        int wanted = Math.Max(1, (int)Math.Round(count * _options.FeatureFraction));
        for (int i = 0; i < wanted; i++)
        {
            int other = _random.Next(i, count);
            (features[i], features[other]) = (features[other], features[i]);
        }

        int[] drawn = features[..wanted];
        Array.Sort(drawn);
        return drawn;
    }
}
