using NUnit.Framework;

namespace HeteroAgent.TestKit;

/// <summary>Finds the data and models that lie beside the project, and skips a test with a clear message where they are absent.</summary>
public static class SharedData
{
    /// <summary>The folder that holds <c>data</c> and <c>models</c>: the environment variable HETEROAGENT_SHARED, else <c>../shared</c> beside the repository.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The repository's root folder.</summary>
    public static string RepositoryRoot { get; } = FindRepository();

    /// <summary>A file or folder under the shared folder; the calling test is skipped where it does not exist.</summary>
    public static string Require(params string[] parts)
    {
        string? path = TryFind(parts);
        if (path is null)
        {
            Assert.Ignore($"{string.Join('/', parts)} is not here: set HETEROAGENT_SHARED to the folder that holds data/ and models/.");
        }

        return path!;
    }

    /// <summary>A file or folder under the shared folder, or null.</summary>
    public static string? TryFind(params string[] parts)
    {
        string? path = Root is null ? null : Path.Combine([Root, .. parts]);
        return path is not null && Path.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("HETEROAGENT_SHARED");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        string beside = Path.GetFullPath(Path.Combine(FindRepository(), "..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "HeteroAgent.sln")))
            {
                return d.FullName;
            }
        }

        throw new DirectoryNotFoundException($"HeteroAgent.sln stands in no folder above {AppContext.BaseDirectory}.");
    }
}
