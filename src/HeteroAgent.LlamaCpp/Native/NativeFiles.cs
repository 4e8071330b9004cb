using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The folder and file names of LLamaSharp's backend packages on this platform.</summary>
internal static class NativeFiles
{
    /// <summary>The folder below <c>runtimes</c> that holds this platform's libraries, for example <c>linux-musl-x64</c>.</summary>
    internal static string Rid()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : IsMusl() ? "linux-musl" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    /// <summary>The file of a library, for example <c>libllama.so</c> or <c>llama.dll</c>.</summary>
    internal static string Name(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    private static bool IsMusl() => RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.OrdinalIgnoreCase)
        || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.OrdinalIgnoreCase);
}
