using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The opened libraries of one llama.cpp build.</summary>
internal sealed record NativeLibraries(NativeFolder Folder, nint GgmlBase, nint Ggml, nint Llama)
{
    // Beside the CPU's, loaded where they are there: ggml needs those that it was linked with.
    private static readonly string[] Optional = ["ggml-cuda", "ggml-vulkan", "ggml-metal", "ggml-blas"];

    internal string Directory => Folder.Directory;

    /// <summary>Opens the first complete build, and notes in <paramref name="attempts"/> why each other failed.</summary>
    internal static NativeLibraries? TryOpen(IEnumerable<NativeFolder> folders, List<string> attempts)
    {
        List<string> missing = [];
        foreach (NativeFolder folder in folders)
        {
            if (!System.IO.Directory.Exists(folder.Directory))
            {
                missing.Add($"{folder.Directory}: there is no such folder");
            }
            else if (!File.Exists(Path.Combine(folder.Directory, NativeFiles.Name("llama"))))
            {
                missing.Add($"{folder.Directory}: holds no {NativeFiles.Name("llama")}");
            }
            else if (TryOpen(folder, attempts) is { } opened)
            {
                return opened;
            }
        }

        attempts.AddRange(missing);
        return null;
    }

    /// <summary>Closes what <see cref="TryOpen(IEnumerable{NativeFolder}, List{string})"/> opened.</summary>
    internal void Close()
    {
        NativeLibrary.Free(Llama);
        NativeLibrary.Free(Ggml);
        NativeLibrary.Free(GgmlBase);
    }

    private static NativeLibraries? TryOpen(NativeFolder folder, List<string> attempts)
    {
        // The order matters: each library finds those before it already loaded.
        List<(string Directory, string Library)> files = [(folder.Directory, "ggml-base")];
        files.AddRange(new[] { (folder.CpuDirectory, "ggml-cpu") }.Concat(Optional.Select(l => (folder.Directory, l))).Where(f => File.Exists(PathOf(f.Item1, f.Item2))));
        files.AddRange([(folder.Directory, "ggml"), (folder.Directory, "llama")]);
        List<nint> handles = [];
        foreach ((string directory, string library) in files)
        {
            nint handle = Load(PathOf(directory, library), attempts);
            if (handle == 0)
            {
                // The next folder must find none of these.
                handles.Reverse();
                handles.ForEach(NativeLibrary.Free);
                return null;
            }

            handles.Add(handle);
        }

        return new NativeLibraries(folder, handles[0], handles[^2], handles[^1]);
    }

    private static string PathOf(string directory, string library) => Path.Combine(directory, NativeFiles.Name(library));

    private static nint Load(string path, List<string> attempts)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            attempts.Add($"{path}: {e.Message.ReplaceLineEndings(" ").Trim()}");
            return 0;
        }
    }
}
