using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The libraries that are loaded in this process, whoever loaded them.</summary>
internal static unsafe partial class NativeModules
{
    /// <summary>The path of a loaded library, or null.</summary>
    internal static string? Find(string library) => Paths().FirstOrDefault(p => Is(library, Path.GetFileName(p)));

    /// <summary>Whether an address lies in a loaded library. macOS does not tell.</summary>
    internal static bool Contains(string library, nint address)
    {
        using Process process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(m => Is(library, m.ModuleName) && (nuint)(address - m.BaseAddress) < (nuint)m.ModuleMemorySize);
    }

    /// <summary>Whether a file is that of a library, under its plain name or with a version in it: <c>libllama.so.0.0.1</c>, <c>libllama.0.dylib</c>.</summary>
    internal static bool Is(string library, string file)
    {
        string plain = NativeFiles.Name(library);
        string stem = Path.GetFileNameWithoutExtension(plain);
        return OperatingSystem.IsWindows() ? string.Equals(file, plain, StringComparison.OrdinalIgnoreCase)
            : OperatingSystem.IsMacOS() ? file == plain || (file.StartsWith(stem + ".", StringComparison.Ordinal) && file.EndsWith(".dylib", StringComparison.Ordinal))
            : file == plain || file.StartsWith(plain + ".", StringComparison.Ordinal);
    }

    private static List<string> Paths()
    {
        if (!OperatingSystem.IsMacOS())
        {
            using Process process = Process.GetCurrentProcess();
            return [.. process.Modules.Cast<ProcessModule>().Select(m => m.FileName)];
        }

        // There .NET knows the program alone.
        return [.. Enumerable.Range(0, (int)_dyld_image_count()).Select(i => Marshal.PtrToStringUTF8((nint)_dyld_get_image_name((uint)i)) ?? "")];
    }

    [LibraryImport("libSystem")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial uint _dyld_image_count();

    [LibraryImport("libSystem")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial byte* _dyld_get_image_name(uint index);
}
