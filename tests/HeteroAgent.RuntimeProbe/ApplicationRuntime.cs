using HeteroAgent.LlamaCpp;
using LLama.Abstractions;
using LLama.Native;

/// <summary>Applications that use LLamaSharp themselves, before this library does.</summary>
internal static class ApplicationRuntime
{
    internal static string Configured(string folder)
    {
        int messages = 0;
        NativeLibraryConfig.All.WithCuda(false).WithVulkan(false).WithAvx(AvxLevel.Avx2).WithSearchDirectory(folder)
            .WithLogCallback((_, message) => messages += message.Contains("Found full path", StringComparison.Ordinal) ? 0 : 1);
        LlamaRuntime runtime = LlamaRuntime.Load();
        int before = messages;
        LLamaModelParams parameters = LLamaModelParams.Default();
        try
        {
            SafeLlamaModelHandle.LoadFromFile(typeof(ApplicationRuntime).Assembly.Location, parameters);
        }
        catch (LLama.Exceptions.LoadWeightsFailedException)
        {
            // It is no model, which the native side logs.
        }

        return $"{runtime.Build} {runtime.Directory} {(messages > before ? "logged" : "silent")}";
    }

    internal static string WithPolicy(string folder)
    {
        NativeLibraryConfig.All.WithSelectingPolicy(new Only(folder));
        return LlamaRuntime.Load().Directory;
    }

    internal static string Loaded(string? folder)
    {
        NativeLibraryConfig.All.WithAvx(AvxLevel.Avx);
        NativeApi.llama_empty_call();
        LlamaRuntime runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { NativePath = folder });
        return $"{runtime.Build} {runtime.Directory}";
    }

    private sealed class Only(string folder) : INativeLibrarySelectingPolicy
    {
        public IEnumerable<INativeLibrary> Apply(NativeLibraryConfig.Description description, SystemInfo systemInfo, NativeLogConfig.LLamaLogCallback? logCallback = null) =>
            [new NativeLibraryFromPath(Path.Combine(folder, OperatingSystem.IsWindows() ? "llama.dll" : OperatingSystem.IsMacOS() ? "libllama.dylib" : "libllama.so"))];
    }
}
