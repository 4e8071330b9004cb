namespace HeteroAgent;

/// <summary>Isotonic regression: the non-decreasing function nearest to the targets in the least-squares sense, found by pooling adjacent violators (PAV).</summary>
/// <remarks>
/// <para>Barlow et al., Statistical Inference under Order Restrictions (1972). Equal inputs are pooled first. Between the fitted inputs the function is linear, outside them constant.
/// The weighted mean of the fitted values is the weighted mean of the targets.</para>
/// <para>Immutable, and safe for concurrent use.</para>
/// </remarks>
public sealed class IsotonicRegression
{
    private readonly double[] _inputs;
    private readonly double[] _values;

    internal IsotonicRegression(double[] inputs, double[] values)
    {
        _inputs = inputs;
        _values = values;
    }

    /// <summary>Gets the inputs at which the function bends, ascending: the ends of each pooled block.</summary>
    public IReadOnlyList<double> Inputs => _inputs;

    /// <summary>Gets the fitted value at each of <see cref="Inputs"/>, non-decreasing.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>Fits a function.</summary>
    /// <param name="inputs">The inputs, finite.</param>
    /// <param name="targets">One finite target an input; 0 and 1 where it is a label.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">There is no input, the counts differ, or a number is not finite.</exception>
    public static IsotonicRegression Fit(IReadOnlyList<double> inputs, IReadOnlyList<double> targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Count == 0 || inputs.Count != targets.Count)
        {
            throw new ArgumentException($"There are {inputs.Count} inputs and {targets.Count} targets; expected at least one input and one target an input.", nameof(inputs));
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            if (!double.IsFinite(inputs[i]) || !double.IsFinite(targets[i]))
            {
                throw new ArgumentException($"Point {i} is ({inputs[i]}, {targets[i]}); both must be finite.", nameof(inputs));
            }
        }

        // Equal inputs have one fitted value: they are pooled before any violator is.
        List<Block> blocks = [];
        foreach (IGrouping<double, int> tied in Enumerable.Range(0, inputs.Count).GroupBy(i => inputs[i]).OrderBy(g => g.Key))
        {
            Block block = new(tied.Key, tied.Key, tied.Sum(i => targets[i]), tied.Count());
            while (blocks.Count > 0 && blocks[^1].Mean >= block.Mean)
            {
                block = blocks[^1].With(block);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        List<double> bends = [];
        List<double> values = [];
        foreach (Block block in blocks)
        {
            bends.Add(block.First);
            values.Add(block.Mean);
            if (block.Last > block.First)
            {
                bends.Add(block.Last);
                values.Add(block.Mean);
            }
        }

        return new IsotonicRegression([.. bends], [.. values]);
    }

    /// <summary>Returns the fitted value at an input.</summary>
    /// <param name="input">Any number but <see cref="double.NaN"/>.</param>
    /// <returns>A value between the least and the greatest fitted one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="input"/> is <see cref="double.NaN"/>.</exception>
    public double Predict(double input)
    {
        if (double.IsNaN(input))
        {
            throw new ArgumentOutOfRangeException(nameof(input), input, "An input is a number.");
        }

        int at = Array.BinarySearch(_inputs, input);
        if (at >= 0)
        {
            return _values[at];
        }

        int next = ~at;
        if (next == 0)
        {
            return _values[0];
        }

        if (next == _inputs.Length)
        {
            return _values[^1];
        }

        double share = (input - _inputs[next - 1]) / (_inputs[next] - _inputs[next - 1]);
        return _values[next - 1] + (share * (_values[next] - _values[next - 1]));
    }

    private readonly record struct Block(double First, double Last, double Sum, int Count)
    {
        internal double Mean => Sum / Count;

        internal Block With(Block next) => new(First, next.Last, Sum + next.Sum, Count + next.Count);
    }
}
