using System.Xml.Linq;
using HeteroAgent.TestKit;

namespace HeteroAgent.Docs.Tests;

/// <summary>A project that is packed, as its file and the properties of all packages say.</summary>
public sealed class PackageProject
{
    private readonly XDocument[] _files;

    private PackageProject(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Folder = Path.GetDirectoryName(path)!;
        _files = [XDocument.Load(path), XDocument.Load(Path.Combine(Source, "Directory.Build.props")), XDocument.Load(Path.Combine(SharedData.RepositoryRoot, "Directory.Build.props"))];
    }

    public static IReadOnlyList<PackageProject> All { get; } =
        [.. Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => new PackageProject(f)).Where(p => p["IsPackable"] != "false")];

    public string Name { get; }

    public string Folder { get; }

    public bool IsTool => this["PackAsTool"] == "true";

    public string Readme => File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n");

    private static string Source => Path.Combine(SharedData.RepositoryRoot, "src");

    /// <summary>A property as the project's own file sets it, else as those above it do.</summary>
    public string? this[string property] =>
        _files.Select(f => f.Descendants(property).LastOrDefault(e => e.Attribute("Condition") is null)?.Value).FirstOrDefault(v => v is not null);

    /// <summary>The files that the package holds beside what is built, by their names in it.</summary>
    public IEnumerable<string> PackedFiles =>
        _files.SelectMany(f => f.Descendants("None")).Where(e => e.Attribute("Pack")?.Value == "true").Select(e => Path.GetFileName((e.Attribute("Include") ?? e.Attribute("Update"))!.Value));

    public override string ToString() => Name;
}
