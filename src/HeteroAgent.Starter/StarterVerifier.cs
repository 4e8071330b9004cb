using HeteroAgent.Onnx;

namespace HeteroAgent.Starter;

/// <summary>The process verifier that comes with this package: step scores for arithmetic word problems, competition mathematics, simple logic and searching agents. <c>VERIFIER_CARD.md</c> beside the file says how it was made and how good it is.</summary>
public static class StarterVerifier
{
    /// <summary>Gets the model's file, which this package puts beside the program: <c>starter/verifier.onnx</c>.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, StarterModel.Folder, "verifier.onnx");

    /// <summary>Loads the verifier.</summary>
    /// <returns>The verifier, to be disposed by the caller.</returns>
    /// <exception cref="FileNotFoundException">The file is not beside the program.</exception>
    /// <exception cref="OnnxException">ONNX Runtime's native library is missing.</exception>
    public static ProcessVerifier Load() => ProcessVerifier.Load(StarterModel.Require(Path));
}
