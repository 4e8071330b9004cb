using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>The folders in which a build of llama.cpp is looked for, the best first: GPU builds before CPU builds, as LLamaSharp orders them.</summary>
internal static class NativeFolders
{
    internal const string PathVariable = "HETEROAGENT_NATIVE_PATH";

    // The newest CUDA first, where the system does not tell which it has.
    private static readonly int[] CudaVersions = [13, 12, 11];

    /// <summary>The folder that the caller or the environment names, or null.</summary>
    internal static string? Named(string? explicitPath)
    {
        string? named = explicitPath ?? Environment.GetEnvironmentVariable(PathVariable);
        return string.IsNullOrWhiteSpace(named) ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
    }

    /// <summary>The folders of a named place: itself, and the CPU levels below it, where it is the <c>native</c> folder of a backend package.</summary>
    internal static IEnumerable<NativeFolder> Of(string named) =>
        [new(named, named, "native"), .. Levels(CpuLevel.Best, true).Select(l => Path.Combine(named, l)).Where(Directory.Exists).Select(d => new NativeFolder(d, d, Path.GetFileName(d)))];

    /// <summary>Whether a folder is one of a named place.</summary>
    internal static bool IsWithin(string directory, string named)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return Of(named).Any(f => string.Equals(Resolved(f.Directory), Resolved(directory), comparison));
    }

    private static string Resolved(string directory) =>
        Directory.Exists(directory) ? Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory : directory;

    /// <summary>The folders of an application that brings one or more backend packages, under the configuration that it made of LLamaSharp.</summary>
    internal static IEnumerable<NativeFolder> OfApplication(NativeLibraryConfig.Description configuration, int cudaVersion)
    {
        string[] roots = [.. Roots(configuration.SearchDirectories)];

        // What the application did not choose is asked of the processor.
        AvxLevel best = configuration.AvxLevel == CpuLevel.LLamaSharpDefault ? CpuLevel.Best : configuration.AvxLevel;
        string[] levels = [.. Levels(best, configuration.AllowFallback)];
        if (configuration.UseCuda)
        {
            IEnumerable<int> versions = cudaVersion > 0 ? CudaVersions.OrderByDescending(v => v == cudaVersion) : CudaVersions;
            foreach (NativeFolder folder in versions.SelectMany(v => Gpu(roots, $"cuda{v}", levels)))
            {
                yield return folder;
            }
        }

        if (configuration.UseVulkan)
        {
            foreach (NativeFolder folder in Gpu(roots, "vulkan", levels))
            {
                yield return folder;
            }
        }

        foreach (string native in roots.Select(Native))
        {
            foreach (string level in levels)
            {
                yield return new NativeFolder(Path.Combine(native, level), Path.Combine(native, level), level);
            }
        }

        foreach (string root in roots)
        {
            yield return new NativeFolder(Native(root), Native(root), "native");
            yield return new NativeFolder(root, root, "native");
        }
    }

    private static IEnumerable<NativeFolder> Gpu(string[] roots, string name, string[] levels) =>
        from root in roots
        let directory = Path.Combine(Native(root), name)
        where Directory.Exists(directory)
        select new NativeFolder(directory, Cpu(roots, directory, levels), name);

    // The CPU library of a GPU build: beside it, else that of the CPU package.
    private static string Cpu(string[] roots, string directory, string[] levels)
    {
        string file = NativeFiles.Name("ggml-cpu");
        return roots.SelectMany(root => levels.Select(level => Path.Combine(Native(root), level)))
            .Prepend(directory)
            .FirstOrDefault(d => File.Exists(Path.Combine(d, file))) ?? directory;
    }

    private static IEnumerable<string> Levels(AvxLevel best, bool withLower)
    {
        if (!System.Runtime.Intrinsics.X86.X86Base.IsSupported)
        {
            return [];
        }

        AvxLevel[] levels = [AvxLevel.Avx512, AvxLevel.Avx2, AvxLevel.Avx, AvxLevel.None];
        return levels.Where(l => withLower ? l <= best : l == best).Select(CpuLevel.Folder);
    }

    private static string Native(string root) => Path.Combine(root, "runtimes", NativeFiles.Rid(), "native");

    private static IEnumerable<string> Roots(IEnumerable<string> configured)
    {
        // LLamaSharp adds the working directory to what the application configured: a stray library there must not win.
        IEnumerable<string> folders = configured.Where(d => d != "./").Append(AppContext.BaseDirectory);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
        {
            folders = folders.Concat(search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        return folders.Select(d => Path.TrimEndingDirectorySeparator(Path.GetFullPath(d))).Distinct();
    }
}
