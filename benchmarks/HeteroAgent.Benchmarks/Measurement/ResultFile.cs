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
            ["machine"] = Machine.ToJson(),
            ["met"] = result.Met,
            ["figures"] = result.Figures,
        };
        string folder = options.Output ?? Path.Combine(ModelFile.Repository(), "benchmarks", "results");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, result.Name + ".json");
        File.WriteAllText(file, document.ToJsonString(Indented) + "\n");
        return Path.GetRelativePath(Environment.CurrentDirectory, file);
    }
}
