using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeteroAgent.Onnx;

/// <summary>What one input or output of a model holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of an element.</param>
/// <param name="Dimensions">The extent of each dimension, -1 where it may be any; empty for a scalar.</param>
public sealed record OnnxTensorInfo(string Name, TensorElementType ElementType, IReadOnlyList<long> Dimensions)
{
    /// <summary>Gives the tensor as a person would write it, such as <c>bytes: Int32 [?, 2048]</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Name}: {ElementType} {Shape(Dimensions)}";

    internal static string Shape(IEnumerable<long> dimensions) =>
        $"[{string.Join(", ", dimensions.Select(static d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";

    internal bool Fits(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Dimensions.Count)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (Dimensions[i] >= 0 && Dimensions[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
