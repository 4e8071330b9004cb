using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeteroAgent.Onnx.Tests;

/// <summary>Small models of the writer's own.</summary>
internal static class TestModels
{
    /// <summary>Gives back what it is given.</summary>
    public static byte[] Identity(TensorElementType type, params long[] dimensions) => new OnnxModelWriter("identity")
        .Input("x", type, dimensions)
        .Operator("Identity", ["x"], ["y"])
        .Output("y", type, dimensions)
        .Property("made.for", "tests")
        .ToArray();
}
