using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Docs.Tests;

/// <summary>Every package says what it is, where it comes from, and under which terms.</summary>
public sealed class PackageMetadataTests
{
    private const string Repository = "https://github.com/heteroagent/heteroagent";

    [Test]
    public void EveryProjectInSrcIsAPackageOrTheAnalyzerWithinOne() => Assert.That(
        PackageProject.All.Select(p => p.Name).Append("HeteroAgent.Analyzers"),
        Is.EquivalentTo(Directory.EnumerateDirectories(Path.Combine(SharedData.RepositoryRoot, "src")).Where(d => Directory.EnumerateFiles(d, "*.csproj").Any()).Select(Path.GetFileName)));

    [TestCaseSource(typeof(PackageProject), nameof(PackageProject.All))]
    public void MetadataIsWhole(PackageProject project)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(project["Version"], Does.Match(@"^\d+\.\d+\.\d+"));
            Assert.That(project["Authors"], Is.Not.Null.And.Not.Empty);
            Assert.That(project["Copyright"], Does.StartWith("Copyright (c)"));
            Assert.That(project["PackageLicenseExpression"], Does.StartWith("MIT"));
            Assert.That(project["PackageProjectUrl"], Is.EqualTo(Repository));
            Assert.That(project["RepositoryUrl"], Is.EqualTo(Repository));
            Assert.That(project["RepositoryType"], Is.EqualTo("git"));
            Assert.That(project["PublishRepositoryUrl"], Is.EqualTo("true"));
            Assert.That(project["EmbedUntrackedSources"], Is.EqualTo("true"));
            Assert.That(project["EnablePackageValidation"], Is.EqualTo("true"));
            Assert.That(project["SymbolPackageFormat"], Is.EqualTo("snupkg"));
            Assert.That(project["PackageReleaseNotes"], Does.EndWith($"{Repository}/blob/main/CHANGELOG.md"));
            Assert.That(project["Description"], Does.Contain(".NET 10"));
            Assert.That(project["Description"]!.Length, Is.InRange(100, 600));
            Assert.That(project["PackageTags"]!.Split(';'), Has.Length.InRange(5, 15).And.Unique);
        }
    }

    [TestCaseSource(typeof(PackageProject), nameof(PackageProject.All))]
    public void ReadmeAndIconArePacked(PackageProject project)
    {
        Assert.That(project.PackedFiles, Has.Member(project["PackageReadmeFile"]).And.Member(project["PackageIcon"]));
        Assert.That(project.Readme, Does.StartWith("# "));
    }

    [Test]
    public void TagsAndDescriptionsAreEachPackagesOwn()
    {
        Assert.That(PackageProject.All.Select(p => p["PackageTags"]), Is.Unique);
        Assert.That(PackageProject.All.Select(p => p["Description"]), Is.Unique);
    }

    [Test]
    public void IconIsAPngOf128Pixels()
    {
        byte[] icon = File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "images", "icon.png"));
        Assert.That(icon[1..4], Is.EqualTo("PNG"u8.ToArray()));
        Assert.That(new[] { icon[18], icon[19], icon[22], icon[23] }, Is.EqualTo(new byte[] { 0, 128, 0, 128 }));
    }
}
