using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>Finds and opens the three libraries of one llama.cpp build in a list of folders.</summary>
internal sealed class NativeLibraries
{
    internal const string PathVariable = "HETEROAGENT_NATIVE_PATH";

    // A GPU build is preferred where its own dependencies (a driver) are present; the plain CPU build is the last resort.
    private static readonly string[] Variants = [".cuda", ".vulkan", ".metal", ""];

    private NativeLibraries(string directory, string llamaFile, nint ggmlBase, nint ggml, nint llama)
    {
        Directory = directory;
        LlamaFile = llamaFile;
        GgmlBase = ggmlBase;
        Ggml = ggml;
        Llama = llama;
    }

    internal string Directory { get; }

    internal string LlamaFile { get; }

    internal nint GgmlBase { get; }

    internal nint Ggml { get; }

    internal nint Llama { get; }

    /// <summary>The folders to look in, in order.</summary>
    internal static IReadOnlyList<string> CandidateDirectories(string? explicitPath)
    {
        string? named = explicitPath ?? Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrWhiteSpace(named))
        {
            return [Path.GetFullPath(named)];
        }

        List<string> folders = [Path.Combine(AppContext.BaseDirectory, "runtimes", Rid(), "native"), AppContext.BaseDirectory];
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
        {
            folders.AddRange(search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        return [.. folders.Select(Path.TrimEndingDirectorySeparator).Distinct()];
    }

    internal static string Rid()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    /// <summary>Opens the first complete build, and notes in <paramref name="attempts"/> why each other failed.</summary>
    internal static NativeLibraries? TryOpen(IEnumerable<string> directories, List<string> attempts)
    {
        foreach (string directory in directories)
        {
            if (!System.IO.Directory.Exists(directory))
            {
                attempts.Add($"{directory}: there is no such folder");
                continue;
            }

            bool any = false;
            foreach (string variant in Variants)
            {
                string? llamaFile = Find(directory, "llama" + variant);
                if (llamaFile is null)
                {
                    continue;
                }

                any = true;
                if (TryOpen(directory, llamaFile, variant, attempts) is { } opened)
                {
                    return opened;
                }
            }

            if (!any)
            {
                attempts.Add($"{directory}: holds no {FileName("llama", "[.*]")}");
            }
        }

        return null;
    }

    private static NativeLibraries? TryOpen(string directory, string llamaFile, string variant, List<string> attempts)
    {
        // The order matters: each library finds the one before it already loaded.
        string[] files = [Find(directory, "ggml-base") ?? FileName("ggml-base", ""), Find(directory, "ggml" + variant) ?? FileName("ggml" + variant, ""), llamaFile];
        nint[] handles = new nint[3];
        for (int i = 0; i < files.Length; i++)
        {
            string path = Path.Combine(directory, files[i]);
            try
            {
                handles[i] = NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                attempts.Add($"{path}: {Reason(e)}");
                return null;
            }
        }

        return new NativeLibraries(directory, llamaFile, handles[0], handles[1], handles[2]);
    }

    private static string Reason(Exception e) => e.Message.ReplaceLineEndings(" ").Trim();

    /// <summary>The file of a library: its plain name, or the plain name with a version.</summary>
    private static string? Find(string directory, string name)
    {
        string plain = FileName(name, "");
        if (File.Exists(Path.Combine(directory, plain)))
        {
            return plain;
        }

        return System.IO.Directory.EnumerateFiles(directory, FileName(name, ".v*"))
            .Select(f => Path.GetFileName(f)!)
            .OrderDescending(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static string FileName(string name, string version) =>
        OperatingSystem.IsWindows() ? $"{name}{version}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}{version}.dylib" : $"lib{name}{version}.so";
}
