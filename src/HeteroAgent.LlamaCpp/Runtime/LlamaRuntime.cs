using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>The native llama.cpp library of this process: where it was found, its version and its devices.</summary>
/// <remarks>
/// <para>A process loads it once. <see cref="Load"/> may be called from any thread and any number of times; loading a model calls it when nobody else has.</para>
/// </remarks>
public sealed class LlamaRuntime
{
    private static readonly Lock Gate = new();
    private static LlamaRuntime? _current;
    private readonly NativeLibraries _libraries;

    private LlamaRuntime(NativeLibraries libraries, string version, IReadOnlyList<LlamaDevice> devices, string? cpuLibrary)
    {
        _libraries = libraries;
        Version = version;
        Devices = devices;
        CpuLibrary = cpuLibrary;
    }

    /// <summary>Gets the runtime of this process, or <see langword="null"/> before the first <see cref="Load"/>.</summary>
    public static LlamaRuntime? Current => Volatile.Read(ref _current);

    /// <summary>Gets the version that the library states, for example <c>0.5.0-dev</c>.</summary>
    public string Version { get; }

    /// <summary>Gets the folder that the libraries were loaded from.</summary>
    public string Directory => _libraries.Directory;

    /// <summary>Gets the file of the main library, for example <c>libllama.v0.5.0.so</c>.</summary>
    public string LibraryFile => _libraries.LlamaFile;

    /// <summary>Gets the devices found, GPUs included.</summary>
    public IReadOnlyList<LlamaDevice> Devices { get; }

    /// <summary>Gets the file of the CPU backend that fits this processor best, or <see langword="null"/> where the system does not tell.</summary>
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
    /// <exception cref="LlamaRuntimeException">No library could be loaded (the exception lists every path tried with the loader's reason), it is of another version, or another one is already loaded.</exception>
    public static LlamaRuntime Load(LlamaRuntimeOptions? options = null)
    {
        lock (Gate)
        {
            if (options?.Log is { } log)
            {
                LlamaLog.Sink = log;
            }

            if (_current is { } loaded)
            {
                if (options?.NativePath is { } path && Path.GetFullPath(path) != loaded.Directory)
                {
                    throw new LlamaRuntimeException($"The native libraries were already loaded from {loaded.Directory}; a process cannot load those in {Path.GetFullPath(path)} as well. Call LlamaRuntime.Load before the first model is loaded.");
                }

                return loaded;
            }

            LlamaRuntime runtime = Open(options);
            Volatile.Write(ref _current, runtime);
            return runtime;
        }
    }

    private static unsafe LlamaRuntime Open(LlamaRuntimeOptions? options)
    {
        List<string> attempts = [];
        NativeLibraries libraries = NativeLibraries.TryOpen(NativeLibraries.CandidateDirectories(options?.NativePath), attempts)
            ?? throw new LlamaRuntimeException(
                $"The native llama.cpp libraries could not be loaded. Add the package HeteroAgent.Runtime.{NativeLibraries.Rid()} to the application, or set {NativeLibraries.PathVariable} to a folder that holds them (llama.cpp {NativeAbi.Versions}). Tried:", attempts);
        string version = ReadVersion(libraries);
        NativeAbi.Verify(Export(libraries, "llama_model_default_params", version), Export(libraries, "llama_context_default_params", version), version);
        SetResolver(libraries);
        LlamaLog.Attach();
        fixed (byte* directory = Encoding.UTF8.GetBytes(libraries.Directory + '\0'))
        {
            Interop.Ggml.ggml_backend_load_all_from_path(directory);
        }

        Interop.Llama.llama_backend_init();
        List<LlamaDevice> devices = ReadDevices();
        return devices.Count > 0
            ? new LlamaRuntime(libraries, version, devices, FindCpuLibrary())
            : throw new LlamaRuntimeException($"{libraries.Directory} holds llama.cpp but no backend that runs on this processor (a file named like {(OperatingSystem.IsWindows() ? "ggml-cpu-*.dll" : "libggml-cpu-*")}).");
    }

    private static unsafe string ReadVersion(NativeLibraries libraries) =>
        NativeLibrary.TryGetExport(libraries.Llama, "llama_version", out nint function)
            ? Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)function)()) ?? "nothing"
            : "nothing (it is older than 0.4)";

    private static nint Export(NativeLibraries libraries, string name, string version) =>
        NativeLibrary.TryGetExport(libraries.Llama, name, out nint function)
            ? function
            : throw new LlamaRuntimeException($"{Path.Combine(libraries.Directory, libraries.LlamaFile)} exports no {name}: this package was built for llama.cpp {NativeAbi.Versions}, the library says {version}.");

    private static void SetResolver(NativeLibraries libraries)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(LlamaRuntime).Assembly, (name, _, _) => name switch
            {
                Interop.Libraries.Llama => libraries.Llama,
                Interop.Libraries.Ggml => libraries.Ggml,
                Interop.Libraries.GgmlBase => libraries.GgmlBase,
                _ => 0,
            });
        }
        catch (InvalidOperationException e)
        {
            throw new LlamaRuntimeException($"The native libraries could not be bound: an import resolver is already set for {Assembly.GetExecutingAssembly().GetName().Name}.", null, e);
        }
    }

    private static unsafe List<LlamaDevice> ReadDevices()
    {
        List<LlamaDevice> devices = [];
        for (nuint i = 0; i < Interop.Ggml.ggml_backend_dev_count(); i++)
        {
            nint device = Interop.Ggml.ggml_backend_dev_get(i);
            nuint free = 0, total = 0;
            Interop.Ggml.ggml_backend_dev_memory(device, &free, &total);
            const int Gpu = 1;
            const int IntegratedGpu = 2;
            int type = Interop.Ggml.ggml_backend_dev_type(device);
            devices.Add(new LlamaDevice(
                Marshal.PtrToStringUTF8((nint)Interop.Ggml.ggml_backend_dev_name(device)) ?? "",
                Marshal.PtrToStringUTF8((nint)Interop.Ggml.ggml_backend_dev_description(device)) ?? "",
                type is Gpu or IntegratedGpu,
                (long)free,
                (long)total));
        }

        return devices;
    }

    private static string? FindCpuLibrary()
    {
        using Process process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(m => m.ModuleName).FirstOrDefault(m => m.Contains("ggml-cpu", StringComparison.Ordinal));
    }
}
