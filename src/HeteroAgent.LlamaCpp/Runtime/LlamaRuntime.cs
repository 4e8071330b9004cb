using System.Reflection;
using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>The native llama.cpp library of this process, loaded through LLamaSharp: where it was found, its version and its devices.</summary>
/// <remarks>
/// <para>A process loads it once. <see cref="Load"/> may be called from any thread and any number of times; loading a model calls it when nobody else has.</para>
/// <para>The libraries come from a backend package of LLamaSharp that the application adds (<c>LLamaSharp.Backend.Cpu</c>, <c>.Cuda12</c>, <c>.Vulkan</c>): a GPU build before the CPU build, and of that the level that fits this processor. What the application has configured of LLamaSharp's <c>NativeLibraryConfig</c> is kept, and libraries that LLamaSharp has already loaded are used as they are.</para>
/// </remarks>
public sealed class LlamaRuntime
{
    private static readonly Lock Gate = new();
    private static LlamaRuntime? _current;
    private static bool _isBound;
    private readonly NativeLibraries _libraries;

    private LlamaRuntime(NativeLibraries libraries, string version, IReadOnlyList<LlamaDevice> devices)
    {
        _libraries = libraries;
        Version = version;
        Devices = devices;
        string cpu = Path.Combine(libraries.Folder.CpuDirectory, NativeFiles.Name("ggml-cpu"));
        CpuLibrary = File.Exists(cpu) ? Path.Combine(Path.GetFileName(libraries.Folder.CpuDirectory), NativeFiles.Name("ggml-cpu")) : null;
    }

    /// <summary>Gets the runtime of this process, or <see langword="null"/> before the first <see cref="Load"/>.</summary>
    public static LlamaRuntime? Current => Volatile.Read(ref _current);

    /// <summary>Gets the versions of LLamaSharp and of the library, for example <c>LLamaSharp 0.30.0, ggml 0.18.0 (815a2a591)</c>.</summary>
    public string Version { get; }

    /// <summary>Gets the folder that the libraries were loaded from.</summary>
    public string Directory => _libraries.Directory;

    /// <summary>Gets the file of the main library, for example <c>libllama.so</c>.</summary>
    public string LibraryFile { get; } = NativeFiles.Name("llama");

    /// <summary>Gets the build that was taken: <c>cuda13</c> to <c>cuda11</c>, <c>vulkan</c>, the CPU level <c>avx512</c>, <c>avx2</c>, <c>avx</c> or <c>noavx</c>, or <c>native</c> where the folder does not tell.</summary>
    public string Build => _libraries.Folder.Backend;

    /// <summary>Gets the devices found, GPUs included.</summary>
    public IReadOnlyList<LlamaDevice> Devices { get; }

    /// <summary>Gets the folder and file of the CPU backend, for example <c>avx2/libggml-cpu.so</c>, or <see langword="null"/> where the build keeps it elsewhere.</summary>
    public string? CpuLibrary { get; }

    /// <summary>Gets the backend that models are placed on by default: the first GPU's name, else <c>CPU</c>.</summary>
    public string DefaultBackend => Devices.FirstOrDefault(d => d.IsGpu)?.Name ?? "CPU";

    /// <summary>The handle of ggml's base library, to look up what it exports.</summary>
    internal nint GgmlBase => _libraries.GgmlBase;

    /// <summary>The handle of the main library, to look up what it exports.</summary>
    internal nint Llama => _libraries.Llama;

    /// <summary>Finds, checks and loads the native libraries, once for the process.</summary>
    /// <param name="options">Where to look; <see langword="null"/> for the defaults.</param>
    /// <returns>The runtime; the same object for every call.</returns>
    /// <exception cref="LlamaRuntimeException">No library could be loaded (the exception lists every path tried with the loader's reason), it is not the one that LLamaSharp was made for, or another one is already loaded.</exception>
    public static LlamaRuntime Load(LlamaRuntimeOptions? options = null)
    {
        lock (Gate)
        {
            if (options?.LoggerFactory is { } factory)
            {
                LlamaLog.Logger = factory.CreateLogger(LlamaRuntimeOptions.NativeCategory);
            }

            if (_current is { } loaded)
            {
                return options?.NativePath is { } path && NativeFolders.Named(path) is { } asked && !NativeFolders.IsWithin(loaded.Directory, asked)
                    ? throw NativeLoader.AlreadyLoaded(loaded.Directory, asked)
                    : loaded;
            }

            LlamaRuntime runtime = Open(NativeFolders.Named(options?.NativePath));
            Volatile.Write(ref _current, runtime);
            return runtime;
        }
    }

    private static unsafe LlamaRuntime Open(string? named)
    {
        NativeLibraries libraries = NativeLoader.Load(named);
        if (!_isBound)
        {
            // Once, also where what follows fails and is tried again.
            SetResolver(libraries);
            LlamaLog.Attach();
            _isBound = true;
        }

        List<LlamaDevice> devices = NativeDevices.Read(libraries);
        string ggml = $"ggml {Marshal.PtrToStringUTF8((nint)GgmlFunctions.ggml_version())} ({Marshal.PtrToStringUTF8((nint)GgmlFunctions.ggml_commit())})";
        return devices.Count > 0
            ? new LlamaRuntime(libraries, $"LLamaSharp {NativeLayout.LLamaSharpVersion}, {ggml}", devices)
            : throw new LlamaRuntimeException($"{libraries.Directory} holds llama.cpp but no backend that runs on this processor (a file named like {NativeFiles.Name("ggml-cpu")}).");
    }

    private static void SetResolver(NativeLibraries libraries)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(LlamaRuntime).Assembly, (name, _, _) => name switch
            {
                LlamaFunctions.Library => libraries.Llama,
                GgmlFunctions.Library => libraries.Ggml,
                GgmlFunctions.Base => libraries.GgmlBase,
                _ => 0,
            });
        }
        catch (InvalidOperationException e)
        {
            throw new LlamaRuntimeException($"The native libraries could not be bound: an import resolver is already set for {Assembly.GetExecutingAssembly().GetName().Name}.", null, e);
        }
    }
}
