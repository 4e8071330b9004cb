using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Benchmarks;

/// <summary>Writes a result with what is needed to repeat it.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(BenchmarkResult result, BenchmarkOptions options)
    {
        JsonObject document = new()
        {
            ["benchmark"] = result.Name,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["version"] = typeof(LlamaModel).Assembly.GetName().Version?.ToString(3),
            ["command"] = options.Command,
            ["machine"] = new JsonObject
            {
                ["cpu"] = Processor(),
                ["cores"] = Environment.ProcessorCount,
                ["os"] = RuntimeInformation.OSDescription.Trim(),
                ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
                ["runtime"] = RuntimeInformation.FrameworkDescription,
                ["llama_cpp"] = LlamaRuntime.Current?.Version,
                ["cpu_library"] = LlamaRuntime.Current?.CpuLibrary,
            },
            ["met"] = result.Met,
            ["figures"] = result.Figures,
        };
        string folder = Path.Combine(ModelFile.Repository(), "benchmarks", "results");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, result.Name + ".json");
        File.WriteAllText(file, document.ToJsonString(Indented) + "\n");
        return Path.GetRelativePath(Environment.CurrentDirectory, file);
    }

    private static string? Processor() =>
        LlamaRuntime.Current?.Devices.FirstOrDefault(d => d.Name == "CPU")?.Description
        ?? (OperatingSystem.IsLinux() ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() : null);
}
