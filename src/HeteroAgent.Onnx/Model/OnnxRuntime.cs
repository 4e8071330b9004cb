using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace HeteroAgent.Onnx;

/// <summary>The ONNX Runtime that this process has loaded.</summary>
/// <remarks>Thread-safe. The native library comes from the package <c>Microsoft.ML.OnnxRuntime</c>, or <c>Microsoft.ML.OnnxRuntime.Gpu</c> for CUDA, which the application references.</remarks>
public static class OnnxRuntime
{
    /// <summary>Gets the version of the native library.</summary>
    /// <exception cref="OnnxException">The native library cannot be loaded.</exception>
    public static string Version => Environment().GetVersionString();

    /// <summary>Gets the execution providers that the native library holds, such as <c>CPUExecutionProvider</c>.</summary>
    /// <exception cref="OnnxException">The native library cannot be loaded.</exception>
    public static IReadOnlyList<string> Providers => Environment().GetAvailableProviders();

    internal static OrtEnv Environment()
    {
        try
        {
            return OrtEnv.Instance();
        }
        catch (Exception e) when (Cause(e) is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            string cure = PlatformWithoutBuild(RuntimeInformation.RuntimeIdentifier) is { } platform
                ? $"The packages of ONNX Runtime hold none for {platform}: ONNX models and verifiers do not run here, everything else does. A build of your own is found beside the application."
                : "Reference the package Microsoft.ML.OnnxRuntime (or Microsoft.ML.OnnxRuntime.Gpu) in the application.";
            throw new OnnxException(OnnxError.RuntimeMissing, $"ONNX Runtime's native library could not be loaded: {Cause(e).Message} {cure}", e);
        }
    }

    /// <summary>The platform in words, where the packages of ONNX Runtime have no library for it, else null.</summary>
    internal static string? PlatformWithoutBuild(string runtimeIdentifier) =>
        runtimeIdentifier.Contains("musl", StringComparison.Ordinal) || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal) ? "Alpine and other systems on musl"
        : runtimeIdentifier.StartsWith("osx", StringComparison.Ordinal) && runtimeIdentifier.EndsWith("-x64", StringComparison.Ordinal) ? "macOS on Intel"
        : null;

    // The binding loads its library in a static constructor, which wraps what went wrong.
    private static Exception Cause(Exception e) => e is TypeInitializationException { InnerException: { } inner } ? Cause(inner) : e;
}
