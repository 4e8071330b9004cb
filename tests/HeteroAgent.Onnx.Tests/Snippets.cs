using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeteroAgent.Onnx.Tests;

/// <summary>The code that docs/onnx.md and the package's page show; it is compiled here.</summary>
internal static class Snippets
{
    public static void Load()
    {
        #region load
        using OnnxModel model = OnnxModel.Load("classifier.onnx");
        #endregion
    }

    public static float Run()
    {
        #region run
        using OnnxModel model = OnnxModel.Load("magika.onnx");
        Console.WriteLine(string.Join("; ", model.Inputs));                 // bytes: Int32 [?, 2048]

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(new int[2048], [1, 2048]);
        using var outputs = model.Run(new Dictionary<string, OrtValue> { ["bytes"] = input });
        ReadOnlySpan<float> scores = outputs[0].GetTensorDataAsSpan<float>();
        #endregion
        return scores[0];
    }

    public static OnnxModelOptions Provider()
    {
        #region provider
        OnnxModelOptions options = new() { Providers = ["CUDAExecutionProvider"], Threads = 2 };
        #endregion
        return options;
    }

    public static byte[] Write(float[] features, float[] labels)
    {
        #region write
        GradientBoostedTrees trees = GradientBoostedTrees.Train(features, featureCount: 12, labels);
        byte[] file = new OnnxModelWriter("answer-checker")
            .Input("features", TensorElementType.Float, -1, 12)
            .Trees(trees, "features", "margin")
            .Operator("Sigmoid", ["margin"], ["probability"])
            .Output("probability", TensorElementType.Float, -1, 1)
            .Property("made.for", "answer-checker")
            .ToArray();
        #endregion
        return file;
    }
}
