namespace HeteroAgent;

/// <summary>Finds the split of a leaf that lowers the loss most, with missing values tried on either side.</summary>
internal static class SplitSearch
{
    public static TreeSplit? Best(TreeNode node, int[] features, int[] offsets, BinnedFeatures data, GradientBoostedTreesOptions options)
    {
        TreeSplit? best = null;
        for (int column = 0; column < features.Length; column++)
        {
            int cuts = data.Thresholds[features[column]].Length;
            if (cuts == 0)
            {
                continue;
            }

            ReadOnlySpan<double> sums = node.Histogram!.Sums.AsSpan(offsets[column], offsets[column + 1] - offsets[column]);
            bool hasMissing = sums[^1] > 0.5;
            Scan(node, sums, column, cuts, missingLeft: false, options, ref best);
            if (hasMissing)
            {
                Scan(node, sums, column, cuts, missingLeft: true, options, ref best);
            }
        }

        return best;
    }

    private static void Scan(TreeNode node, ReadOnlySpan<double> sums, int column, int cuts, bool missingLeft, GradientBoostedTreesOptions options, ref TreeSplit? best)
    {
        int missing = (cuts + 1) * 3;
        double gradient = missingLeft ? sums[missing] : 0;
        double hessian = missingLeft ? sums[missing + 1] : 0;
        double rows = missingLeft ? sums[missing + 2] : 0;
        double whole = Score(node.Gradient, node.Hessian, options.L2);
        for (int bin = 0; bin < cuts; bin++)
        {
            gradient += sums[bin * 3];
            hessian += sums[(bin * 3) + 1];
            rows += sums[(bin * 3) + 2];
            double otherHessian = node.Hessian - hessian;
            if (rows < options.MinLeafRows - 0.5 || hessian < options.MinLeafHessian)
            {
                continue;
            }

            if (node.Count - rows < options.MinLeafRows - 0.5 || otherHessian < options.MinLeafHessian)
            {
                break;
            }

            double gain = Score(gradient, hessian, options.L2) + Score(node.Gradient - gradient, otherHessian, options.L2) - whole;
            if (gain > Math.Max(1e-9, best?.Gain ?? 0))
            {
                best = new TreeSplit(column, bin, missingLeft, gain, gradient, hessian);
            }
        }
    }

    private static double Score(double gradient, double hessian, double l2) => gradient * gradient / (hessian + l2 + 1e-12);
}
