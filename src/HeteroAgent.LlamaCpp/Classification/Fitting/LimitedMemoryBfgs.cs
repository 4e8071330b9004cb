using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Minimises a smooth function by the limited-memory BFGS method (Liu and Nocedal, 1989), with a step that satisfies Armijo's condition.</summary>
internal static class LimitedMemoryBfgs
{
    private const int Memory = 10;
    private const double Decrease = 1e-4;
    private const int MostTrials = 30;

    /// <summary>Moves a point to the minimum.</summary>
    /// <param name="evaluate">Gives the value at a point and writes the gradient there.</param>
    /// <param name="point">Where to begin; the minimum in the end.</param>
    /// <param name="tolerance">It ends when no part of the gradient is larger.</param>
    /// <param name="relativeTolerance">The same, as a share of the largest part of the first gradient; the smaller of the two counts.</param>
    /// <param name="mostIterations">It ends after so many steps.</param>
    /// <param name="onStep">Told each step and its value.</param>
    /// <param name="cancellationToken">Ends it between evaluations.</param>
    /// <returns>The steps taken and the last value.</returns>
    internal static (int Steps, double Value) Minimise(Func<double[], double[], double> evaluate, double[] point, double tolerance, double relativeTolerance, int mostIterations, Action<int, double>? onStep, CancellationToken cancellationToken)
    {
        int size = point.Length;
        double[] gradient = new double[size];
        double[] next = new double[size];
        double[] nextGradient = new double[size];
        double[] direction = new double[size];
        LinkedList<(double[] Move, double[] Change, double Curvature)> history = [];
        double value = evaluate(point, gradient);
        int step = 0;
        tolerance = Math.Min(tolerance, relativeTolerance * Largest(gradient));
        while (step < mostIterations && Largest(gradient) > tolerance)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Direction(gradient, history, direction);
            double slope = TensorPrimitives.Dot<double>(gradient, direction);
            double length = history.Count == 0 ? Math.Min(1, 1 / TensorPrimitives.Norm<double>(gradient)) : 1;
            double nextValue = double.NaN;
            int trial = 0;
            for (; trial < MostTrials; trial++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TensorPrimitives.MultiplyAdd(direction, length, point, next);
                nextValue = evaluate(next, nextGradient);
                if (nextValue <= value + (Decrease * length * slope))
                {
                    break;
                }

                // The minimum of the parabola through both values and the slope, kept within reason.
                double parabola = -slope * length * length / (2 * (nextValue - value - (slope * length)));
                length = double.IsFinite(parabola) ? Math.Clamp(parabola, length * 0.1, length * 0.5) : length * 0.1;
            }

            if (trial == MostTrials)
            {
                // Rounding is all that is left to gain.
                break;
            }

            double[] move = new double[size];
            double[] change = new double[size];
            TensorPrimitives.Subtract<double>(next, point, move);
            TensorPrimitives.Subtract<double>(nextGradient, gradient, change);
            double curvature = TensorPrimitives.Dot<double>(move, change);
            if (curvature > 1e-12 * TensorPrimitives.Dot<double>(change, change))
            {
                history.AddLast((move, change, curvature));
                if (history.Count > Memory)
                {
                    history.RemoveFirst();
                }
            }

            next.CopyTo(point, 0);
            nextGradient.CopyTo(gradient, 0);
            value = nextValue;
            step++;
            onStep?.Invoke(step, value);
        }

        return (step, value);
    }

    private static double Largest(double[] gradient) => Math.Abs(TensorPrimitives.MaxMagnitude<double>(gradient));

    private static void Direction(double[] gradient, LinkedList<(double[] Move, double[] Change, double Curvature)> history, double[] direction)
    {
        TensorPrimitives.Negate<double>(gradient, direction);
        Stack<double> parts = new();
        for (LinkedListNode<(double[] Move, double[] Change, double Curvature)>? node = history.Last; node is not null; node = node.Previous)
        {
            double part = TensorPrimitives.Dot<double>(node.Value.Move, direction) / node.Value.Curvature;
            parts.Push(part);
            TensorPrimitives.MultiplyAdd(node.Value.Change, -part, direction, direction);
        }

        if (history.Last is { } last)
        {
            TensorPrimitives.Multiply(direction, last.Value.Curvature / TensorPrimitives.Dot<double>(last.Value.Change, last.Value.Change), direction);
        }

        for (LinkedListNode<(double[] Move, double[] Change, double Curvature)>? node = history.First; node is not null; node = node.Next)
        {
            double part = TensorPrimitives.Dot<double>(node.Value.Change, direction) / node.Value.Curvature;
            TensorPrimitives.MultiplyAdd(node.Value.Move, parts.Pop() - part, direction, direction);
        }
    }
}
