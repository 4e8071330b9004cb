using LLama.Abstractions;
using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells LLamaSharp which libraries to load, within what the application configured of it.</summary>
internal sealed class NativeSelection : INativeLibrarySelectingPolicy
{
    private NativeLibraries? _opened;

    /// <summary>The folder that is taken and no other, or null.</summary>
    internal string? Named { get; set; }

    /// <summary>Each path that was tried, with the loader's reason.</summary>
    internal List<string> Attempts { get; } = [];

    /// <summary>The libraries that were taken, or null.</summary>
    internal NativeLibraries? Opened => _opened;

    /// <summary>Why the libraries that could be opened were not taken, or null.</summary>
    internal LlamaRuntimeException? Refusal { get; private set; }

    /// <summary>The receiver of the native log that the application gave to LLamaSharp.</summary>
    internal NativeLogConfig.LLamaLogCallback? ApplicationLog { get; private set; }

    public IEnumerable<INativeLibrary> Apply(NativeLibraryConfig.Description description, SystemInfo systemInfo, NativeLogConfig.LLamaLogCallback? logCallback = null)
    {
        ApplicationLog = logCallback ?? ApplicationLog;
        _opened ??= Open(description, systemInfo);
        string library = description.Library == NativeLibraryName.Mtmd ? "mtmd" : "llama";
        return _opened is { } opened ? [new NativeLibraryFromPath(Path.Combine(opened.Directory, NativeFiles.Name(library)))] : [];
    }

    private NativeLibraries? Open(NativeLibraryConfig.Description description, SystemInfo systemInfo)
    {
        // An application that names a library by its path means this one.
        string? named = Named ?? (string.IsNullOrEmpty(description.Path) ? null : Path.GetDirectoryName(Path.GetFullPath(description.Path)));
        Attempts.Clear();
        Refusal = null;
        NativeLibraries? libraries = NativeLibraries.TryOpen(named is null ? NativeFolders.OfApplication(description, systemInfo.CudaMajorVersion) : NativeFolders.Of(named), Attempts);
        if (libraries is not null)
        {
            try
            {
                NativeLayout.Verify(libraries);
            }
            catch (LlamaRuntimeException e)
            {
                // Nothing of another llama.cpp is called, and LLamaSharp does not see it.
                Refusal = e;
                libraries.Close();
                return null;
            }
        }

        return libraries;
    }
}
