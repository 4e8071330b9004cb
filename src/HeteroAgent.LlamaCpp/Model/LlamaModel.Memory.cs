namespace HeteroAgent.LlamaCpp;

public sealed partial class LlamaModel
{
    /// <summary>Refuses a context that cannot be allocated now, instead of at the first request.</summary>
    /// <exception cref="LlamaModelException">It does not fit.</exception>
    private void RequireContextFits()
    {
        // The contexts of a specialist are of its own size.
        if (ModelPurpose.IsExtractive(this) || Handle.IsRecurrent || LlamaFunctions.llama_model_is_hybrid(Handle) || _file is not { } file || ContextMemory.Of(file, SchedulerLimits.For(this)) is not { } memory)
        {
            return;
        }

        double host = HostMemory();
        double devices = Backend == "CPU" ? 0 : LlamaRuntime.Current!.Devices.Where(d => d.IsGpu).Sum(d => (double)d.TotalBytes);

        // Layers that stay on the host keep their cells there.
        bool divided = Options.GpuLayers >= 0 && Options.GpuLayers < file.BlockCount;
        (double available, string where) = devices == 0 ? (host, "this machine") : divided ? (host + devices, "this machine with its GPU") : (devices, "the GPU");

        // Weights that are mapped from the file can leave the memory again.
        double weights = devices == 0 && Options.UseMemoryMapping ? 0 : SizeInBytes;
        memory.RequireFits(Origin, ContextLength, available - weights, where);
    }

    /// <summary>The memory that this process may use, in bytes. A limit of the managed heap does not concern native memory.</summary>
    private static double HostMemory()
    {
        // The runtime also limits the heap by itself, where a container limits the process: that limit does concern native memory.
        string[] settings = ["System.GC.HeapHardLimit", "System.GC.HeapHardLimitPercent"];
        string[] variables = ["DOTNET_GCHeapHardLimit", "DOTNET_GCHeapHardLimitPercent"];
        bool heapIsLimited = settings.Any(static s => AppContext.GetData(s) is not null) || variables.Any(static v => Environment.GetEnvironmentVariable(v) is not null);
        return heapIsLimited && LlamaRuntime.Current!.Devices.FirstOrDefault(static d => !d.IsGpu) is { TotalBytes: > 0 } cpu
            ? cpu.TotalBytes
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
