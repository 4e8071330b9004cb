namespace HeteroAgent.Cli;

/// <summary>Finds GGUF files where the user keeps them.</summary>
internal static class ModelSearch
{
    /// <summary>The environment variable that names one or more folders of models, separated as in <c>PATH</c>.</summary>
    internal const string Variable = "HETEROAGENT_MODELS";

    private const int Depth = 4;
    private const int Most = 200;

    /// <summary>The folders that are looked into: those of <see cref="Variable"/> with their subfolders, the current folder and its subfolder <c>models</c>.</summary>
    internal static IReadOnlyList<string> Folders() =>
        [.. Named(), Environment.CurrentDirectory, Path.Combine(Environment.CurrentDirectory, "models")];

    internal static List<ModelSummary> Find()
    {
        HashSet<string> named = [.. Named()];
        SortedSet<string> files = new(StringComparer.Ordinal);
        foreach (string folder in Folders().Where(Directory.Exists))
        {
            EnumerationOptions options = new() { IgnoreInaccessible = true, RecurseSubdirectories = named.Contains(folder), MaxRecursionDepth = Depth };
            files.UnionWith(Directory.EnumerateFiles(folder, "*.gguf", options).Take(Most));
        }

        return [.. files.Select(ModelSummary.Read)];
    }

    private static IEnumerable<string> Named() =>
        (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath);
}
