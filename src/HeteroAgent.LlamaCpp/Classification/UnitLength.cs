using System.Numerics.Tensors;

namespace HeteroAgent.LlamaCpp;

/// <summary>Scales vectors to length 1.</summary>
internal static class UnitLength
{
    /// <summary>Scales a vector in place; one of length 0 stays as it is.</summary>
    internal static void Scale(Span<float> vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (length > 0)
        {
            TensorPrimitives.Divide(vector, length, vector);
        }
    }
}
