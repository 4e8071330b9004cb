namespace HeteroAgent;

/// <summary>The measures of one set of scores, on the log itself or on a bootstrap sample of it.</summary>
internal sealed class ReplayMeasures
{
    private readonly bool[] _weak;
    private readonly bool[] _strong;
    private readonly double[]? _weakCost;
    private readonly double[]? _strongCost;
    private readonly bool[]? _heldOut;
    private readonly int[] _order;
    private readonly double[] _sorted;
    private readonly int[] _riskOrder;
    private readonly double[] _sortedRisk;

    internal ReplayMeasures(ReplayLog log, ReplayScores scores, bool[]? heldOut)
    {
        _weak = [.. log.Rows.Select(r => r.Weak.IsCorrect)];
        _strong = [.. log.Rows.Select(r => r.Strong.IsCorrect)];
        bool priced = log.Rows.All(r => r.Weak.Cost is not null && r.Strong.Cost is not null) && log.Rows.Sum(r => r.Strong.Cost!.Value) > 0;
        _weakCost = priced ? [.. log.Rows.Select(r => r.Weak.Cost!.Value)] : null;
        _strongCost = priced ? [.. log.Rows.Select(r => r.Strong.Cost!.Value)] : null;
        _heldOut = heldOut;
        _order = RoutingCurve.Order(scores.Gain);
        _sorted = [.. _order.Select(i => scores.Gain[i])];
        _riskOrder = RoutingCurve.Order(scores.Risk);
        _sortedRisk = [.. _riskOrder.Select(i => scores.Risk[i])];
    }

    /// <summary>All measures in the order of <see cref="Measure"/>; null where one is not reached. Rows count as often as their weight says.</summary>
    internal double?[] Compute(int[]? weights)
    {
        RoutingCurve curve = RoutingCurve.Create(_order, _sorted, _weak, _strong, weights);
        double target = 0.95 * curve.StrongAccuracy;
        double? calls = curve.CallsFor(target);
        double gap = curve.StrongAccuracy - curve.WeakAccuracy;
        double? random = target <= curve.WeakAccuracy ? 0 : gap > 0 ? (target - curve.WeakAccuracy) / gap : null;
        double?[] measures = new double?[Enum.GetValues<Measure>().Length];
        measures[(int)Measure.WeakAccuracy] = curve.WeakAccuracy;
        measures[(int)Measure.StrongAccuracy] = curve.StrongAccuracy;
        measures[(int)Measure.Gap] = gap;
        measures[(int)Measure.Auc] = Auc(weights);
        measures[(int)Measure.Apgr] = gap > 0 ? curve.AverageGapRecovered : null;
        measures[(int)Measure.Cpt50] = curve.CallsForGapShare(0.5);
        measures[(int)Measure.Cpt80] = curve.CallsForGapShare(0.8);
        measures[(int)Measure.CallsAt95OfStrong] = calls;
        measures[(int)Measure.CallsAt95OfGap] = curve.CallsForGapShare(0.95);
        measures[(int)Measure.RandomCallsAt95OfStrong] = random;
        measures[(int)Measure.ApgrOverRandom] = measures[(int)Measure.Apgr] - 0.5;
        measures[(int)Measure.CallsSaved] = random - calls;
        measures[(int)Measure.Cost] = calls is { } share ? Cost(share, weights) : null;
        AddHeldOut(measures, weights, curve.StrongAccuracy);
        return measures;
    }

    internal IReadOnlyList<RiskCoveragePoint> RiskCoverage()
    {
        int n = _riskOrder.Length;
        List<RiskCoveragePoint> points = [];
        for (int step = 1; step <= 20; step++)
        {
            // The surest are at the end of the order.
            int kept = Math.Max(1, (int)Math.Round(n * step / 20.0));
            int wrong = _riskOrder.Skip(n - kept).Count(i => !_weak[i]);
            int right = kept - wrong + _riskOrder.Take(n - kept).Count(i => _strong[i]);
            points.Add(new RiskCoveragePoint((double)kept / n, (double)wrong / kept, (double)right / n));
        }

        return points;
    }

    private double? Auc(int[]? weights)
    {
        double wrong = 0;
        double right = 0;
        double pairs = 0;
        for (int i = 0; i < _riskOrder.Length;)
        {
            double tiedWrong = 0;
            double tiedRight = 0;
            int end = i;
            for (; end < _riskOrder.Length && _sortedRisk[end] == _sortedRisk[i]; end++)
            {
                double weight = weights?[_riskOrder[end]] ?? 1;
                tiedWrong += _weak[_riskOrder[end]] ? 0 : weight;
                tiedRight += _weak[_riskOrder[end]] ? weight : 0;
            }

            pairs += (wrong * tiedRight) + (tiedWrong * tiedRight / 2);
            wrong += tiedWrong;
            right += tiedRight;
            i = end;
        }

        return wrong > 0 && right > 0 ? pairs / (wrong * right) : null;
    }

    private double? Cost(double share, int[]? weights)
    {
        if (_weakCost is null || _strongCost is null)
        {
            return null;
        }

        double total = 0;
        double strong = 0;
        double paid = 0;
        foreach (int i in _order)
        {
            double weight = weights?[i] ?? 1;
            total += weight;
            strong += weight * _strongCost[i];
            paid += weight * _weakCost[i];
        }

        double left = share * total;
        foreach (int i in _order)
        {
            double weight = Math.Min(left, weights?[i] ?? 1);
            paid += weight * _strongCost[i];
            left -= weight;
            if (left <= 0)
            {
                break;
            }
        }

        return strong > 0 ? paid / strong : null;
    }

    private void AddHeldOut(double?[] measures, int[]? weights, double strongAccuracy)
    {
        if (_heldOut is null || strongAccuracy == 0)
        {
            return;
        }

        double total = 0;
        double sent = 0;
        double right = 0;
        for (int i = 0; i < _heldOut.Length; i++)
        {
            double weight = weights?[i] ?? 1;
            total += weight;
            sent += _heldOut[i] ? weight : 0;
            right += (_heldOut[i] ? _strong[i] : _weak[i]) ? weight : 0;
        }

        measures[(int)Measure.HeldOutCalls] = sent / total;
        measures[(int)Measure.HeldOutShareOfStrong] = right / total / strongAccuracy;
    }
}
