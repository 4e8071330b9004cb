using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>What a measurement ran on.</summary>
internal static class Machine
{
    internal static JsonObject ToJson() => new()
    {
        ["cpu"] = Processor(),
        ["cores"] = Environment.ProcessorCount,
        ["os"] = RuntimeInformation.OSDescription.Trim(),
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["llama_cpp"] = LlamaRuntime.Current?.Version,
        ["build"] = LlamaRuntime.Current?.Build,
        ["cpu_library"] = LlamaRuntime.Current?.CpuLibrary,
    };

    private static string? Processor() =>
        LlamaRuntime.Current?.Devices.FirstOrDefault(d => d.Name == "CPU")?.Description
        ?? (OperatingSystem.IsLinux() ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() : null);
}
