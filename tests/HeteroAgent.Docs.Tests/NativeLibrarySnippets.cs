using HeteroAgent.LlamaCpp;
using LLama.Native;

namespace HeteroAgent.Docs.Tests;

/// <summary>The code of docs/native-libraries.md.</summary>
internal static class NativeLibrarySnippets
{
    public static void Which()
    {
        #region which
        LlamaRuntime runtime = LlamaRuntime.Load();
        Console.WriteLine($"{runtime.Version}, {runtime.Build} in {runtime.Directory}");
        foreach (LlamaDevice device in runtime.Devices)
        {
            Console.WriteLine($"{device.Name}: {device.Description}");
        }
        #endregion
    }

    public static string Configure()
    {
        #region configure
        NativeLibraryConfig.All
            .WithCuda(false)                          // no CUDA, though the package is there
            .WithAvx(AvxLevel.Avx2)                   // at most this level
            .WithSearchDirectory("/opt/models/native");
        LlamaRuntime runtime = LlamaRuntime.Load();
        #endregion
        return runtime.Build;
    }

    public static void Named()
    {
        #region named
        LlamaRuntime.Load(new LlamaRuntimeOptions { NativePath = "/opt/llama.cpp/build/bin" });
        #endregion
    }
}
