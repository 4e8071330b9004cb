using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Abstractions;
using LLama.Exceptions;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Has LLamaSharp load the libraries, or finds those that it has already loaded.</summary>
internal static class NativeLoader
{
    // LLamaSharp keeps the first policy for as long as the process lives; a later attempt changes what it answers.
    private static readonly NativeSelection Selection = new();

    /// <summary>The receiver of the native log that the application gave to LLamaSharp, or null.</summary>
    internal static NativeLogConfig.LLamaLogCallback? ApplicationLog => Selection.ApplicationLog;

    /// <summary>Loads the libraries, checked.</summary>
    /// <param name="named">The folder that is taken and no other, or null for that of the application.</param>
    /// <exception cref="LlamaRuntimeException">They could not be loaded, or are not those that LLamaSharp was made for.</exception>
    internal static NativeLibraries Load(string? named)
    {
        NativeLibraries libraries = IsForeign() ? OpenLoaded() : Select(named);
        return named is null || NativeFolders.IsWithin(libraries.Directory, named) ? libraries : throw AlreadyLoaded(libraries.Directory, named);
    }

    internal static LlamaRuntimeException AlreadyLoaded(string directory, string asked) => new(
        $"The native libraries are already loaded from {directory}; a process cannot load those in {asked} as well. Call LlamaRuntime.Load before the first use of LLamaSharp and before the first model is loaded.");

    private static NativeLibraries Select(string? named)
    {
        if (!NativeLibraryConfig.LLama.LibraryHasLoaded)
        {
            NativeLibraryConfig.All.WithSelectingPolicy(Selection);
        }

        Selection.Named = named;
        if (Selection.Opened is null)
        {
            try
            {
                _ = NativeLibraryConfig.LLama.DryRun(out _);
            }
            catch (RuntimeError)
            {
                // Its message guesses; the attempts below know.
            }
        }

        if (Selection.Refusal is { } refusal)
        {
            throw refusal;
        }

        NativeLibraries libraries = Selection.Opened ?? throw NotFound(Selection.Attempts);
        StartLLamaSharp();
        return libraries;
    }

    /// <summary>Whether the application has loaded the libraries, or says itself how they are selected.</summary>
    private static bool IsForeign()
    {
        INativeLibrarySelectingPolicy? policy = Policy();
        return policy != Selection && (NativeLibraryConfig.LLama.LibraryHasLoaded || policy is not (null or DefaultNativeLibrarySelectingPolicy));
    }

    private static NativeLibraries OpenLoaded()
    {
        StartLLamaSharp();
        string llama = NativeModules.Find("llama") ?? throw new LlamaRuntimeException("LLamaSharp has loaded llama.cpp, and the library is not among the modules of this process.");
        string directory = Path.GetDirectoryName(llama)!;
        nint Open(string library)
        {
            string path = NativeModules.Find(library) ?? Path.Combine(directory, NativeFiles.Name(library));
            return NativeLibrary.TryLoad(path, out nint handle)
                ? handle
                : throw new LlamaRuntimeException($"LLamaSharp has loaded {llama}, and the {library} that it was built with is not in a library of its own; builds with ggml inside libllama are not supported.");
        }

        NativeLibraries libraries = new(new NativeFolder(directory, directory, Path.GetFileName(directory)), Open("ggml-base"), Open("ggml"), NativeLibrary.Load(llama));
        NativeLayout.Verify(libraries);
        return libraries;
    }

    private static void StartLLamaSharp()
    {
        try
        {
            NativeApi.llama_empty_call();
        }
        catch (Exception e) when (e is TypeInitializationException or RuntimeError or DllNotFoundException)
        {
            throw new LlamaRuntimeException($"LLamaSharp could not load the native libraries: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}", null, e);
        }
    }

    private static LlamaRuntimeException NotFound(List<string> attempts)
    {
        const string Gomp = "libgomp.so.1";
        string cure = attempts.Exists(a => a.Contains(Gomp, StringComparison.Ordinal) && !a.StartsWith(Gomp, StringComparison.Ordinal))
            ? "They need libgomp: apt-get install libgomp1 (Debian, Ubuntu), apk add libgomp (Alpine) or dnf install libgomp (Fedora, RHEL)."
            : $"Add the package LLamaSharp.Backend.Cpu {NativeLayout.LLamaSharpVersion} (or .Cuda12, .Vulkan of the same version) to the application, or set {NativeFolders.PathVariable} to a folder that holds them.";
        return new LlamaRuntimeException($"The native llama.cpp libraries could not be loaded. {cure} Tried:", attempts);
    }

    private static INativeLibrarySelectingPolicy? Policy()
    {
        try
        {
            return SelectingPolicy(NativeLibraryConfig.LLama);
        }
        catch (MissingMethodException)
        {
            // A LLamaSharp that keeps it elsewhere: then only what is loaded can be honoured.
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_SelectingPolicy")]
    private static extern INativeLibrarySelectingPolicy SelectingPolicy(NativeLibraryConfig configuration);
}
