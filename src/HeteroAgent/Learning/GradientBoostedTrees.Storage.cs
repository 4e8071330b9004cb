using System.Text;

namespace HeteroAgent;

public sealed partial class GradientBoostedTrees
{
    private const uint Mark = 0x31544247; // "GBT1"
    private const int MostFeatures = 1_000_000;
    private const int MostTrees = 100_000;
    private const int MostNodes = 65_536;

    /// <summary>Writes the trees in a binary form that <see cref="Load"/> reads.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(FeatureCount);
        writer.Write(BaseMargin);
        writer.Write(_trees.Length);
        foreach (RegressionTree tree in _trees)
        {
            writer.Write(tree.NodeCount);
            for (int i = 0; i < tree.NodeCount; i++)
            {
                writer.Write(tree.Feature[i]);
                writer.Write(tree.Threshold[i]);
                writer.Write(tree.Left[i]);
                writer.Write(tree.Right[i]);
                writer.Write(tree.MissingLeft[i]);
                writer.Write(tree.Value[i]);
            }
        }
    }

    /// <summary>Reads trees that <see cref="Save"/> wrote.</summary>
    /// <param name="stream">Where from; it stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidDataException">The stream does not hold such trees, or they are damaged.</exception>
    public static GradientBoostedTrees Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            Require(reader.ReadUInt32() == Mark, "it does not begin with GBT1");
            int features = reader.ReadInt32();
            float start = reader.ReadSingle();
            int count = reader.ReadInt32();
            Require(features is >= 1 and <= MostFeatures && count is >= 1 and <= MostTrees && float.IsFinite(start), "its sizes are out of range");
            var trees = new RegressionTree[count];
            for (int i = 0; i < count; i++)
            {
                trees[i] = ReadTree(reader, features);
            }

            return new GradientBoostedTrees(features, start, trees);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The stream does not hold boosted trees: it ends too early.", e);
        }
    }

    private static RegressionTree ReadTree(BinaryReader reader, int features)
    {
        int nodes = reader.ReadInt32();
        Require(nodes is >= 1 and <= MostNodes, "a tree's size is out of range");
        int[] feature = new int[nodes], left = new int[nodes], right = new int[nodes];
        float[] threshold = new float[nodes], value = new float[nodes];
        bool[] missingLeft = new bool[nodes];
        for (int i = 0; i < nodes; i++)
        {
            feature[i] = reader.ReadInt32();
            threshold[i] = reader.ReadSingle();
            left[i] = reader.ReadInt32();
            right[i] = reader.ReadInt32();
            missingLeft[i] = reader.ReadBoolean();
            value[i] = reader.ReadSingle();

            // Children stand after their parent, so that no walk can go round in circles.
            bool isLeaf = feature[i] == -1 && left[i] == -1 && right[i] == -1;
            bool isInner = feature[i] >= 0 && feature[i] < features && left[i] > i && left[i] < nodes && right[i] > i && right[i] < nodes;
            Require((isLeaf || isInner) && !float.IsNaN(threshold[i]) && float.IsFinite(value[i]), "a node is malformed");
        }

        return new RegressionTree(feature, threshold, left, right, missingLeft, value);
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The stream does not hold boosted trees: {fault}.");
        }
    }
}
