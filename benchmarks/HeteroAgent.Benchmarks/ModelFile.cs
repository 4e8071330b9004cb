namespace HeteroAgent.Benchmarks;

/// <summary>Finds the model to measure with, and the folder for the results.</summary>
internal static class ModelFile
{
    private const string Default = "SmolLM2-135M-Instruct.Q4_1.gguf";
    private const string Variable = "HETEROAGENT_SHARED";

    internal static string Find(string? named)
    {
        string path = Path.GetFullPath(named ?? Path.Combine(Shared(), "models", Default));
        return Path.Exists(path) ? path : throw new FileNotFoundException($"There is no model {path}. Name one with --model FILE, or set {Variable} to the folder that holds models/{Default}.", path);
    }

    /// <summary>A data file under the shared folder.</summary>
    internal static string FindShared(params string[] parts)
    {
        string path = Path.GetFullPath(Path.Combine([Shared(), .. parts]));
        return Path.Exists(path) ? path : throw new FileNotFoundException($"There is no file {path}. Set {Variable} to the folder that holds {string.Join('/', parts)}.", path);
    }

    private static string Shared() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : Path.Combine(Repository(), "..", "shared");

    /// <summary>The folder above the program that holds the solution.</summary>
    internal static string Repository()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "HeteroAgent.sln")))
            {
                return d.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
