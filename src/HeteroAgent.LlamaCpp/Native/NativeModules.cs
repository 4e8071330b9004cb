using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The libraries that are loaded in this process, whoever loaded them.</summary>
internal static unsafe partial class NativeModules
{
    /// <summary>The path of a loaded library, or null.</summary>
    internal static string? Find(string library)
    {
        string file = NativeFiles.Name(library);
        return Paths().FirstOrDefault(p => string.Equals(Path.GetFileName(p), file, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
    }

    /// <summary>Whether an address lies in a loaded library; true where the system does not tell.</summary>
    internal static bool Contains(string library, nint address)
    {
        if (OperatingSystem.IsMacOS())
        {
            return true;
        }

        using Process process = Process.GetCurrentProcess();
        string file = NativeFiles.Name(library);
        return process.Modules.Cast<ProcessModule>().Any(m => m.ModuleName == file && (nuint)(address - m.BaseAddress) < (nuint)m.ModuleMemorySize);
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
