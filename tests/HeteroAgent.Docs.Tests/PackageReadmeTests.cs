using System.Text.RegularExpressions;
using HeteroAgent.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace HeteroAgent.Docs.Tests;

/// <summary>The README of each package shows how it is added and whole programs that compile as they stand.</summary>
public sealed partial class PackageReadmeTests
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f))];

    private static IEnumerable<PackageProject> Libraries() => PackageProject.All.Where(p => !p.IsTool);

    [TestCaseSource(nameof(Libraries))]
    public void ProgramsCompile(PackageProject project)
    {
        string[] programs = [.. CSharpBlock().Matches(project.Readme).Select(m => m.Groups[1].Value)];
        Assert.That(programs, Is.Not.Empty, "no csharp block");
        foreach (string program in programs)
        {
            Assert.That(Compile(program), Is.Empty, program);
        }
    }

    [Test]
    public void AnUnknownMemberIsReported() => Assert.That(Compile("using HeteroAgent; Console.WriteLine(EscalateWhen.Nonsense);"), Has.Some.Contains("CS0117"));

    [TestCaseSource(nameof(Libraries))]
    public void PackagesAreNamed(PackageProject project)
    {
        string[] added = [.. AddPackage().Matches(project.Readme).Select(m => m.Groups[1].Value)];
        Assert.That(added, Has.Member(project.Name));
        string[] used = [.. UsingDirective().Matches(project.Readme).Select(m => m.Groups[1].Value)];

        // Extension methods of others' builders stand in the core's namespace.
        Assert.That(used, Has.Member(project.Name).Or.Member("HeteroAgent"));
        if (used.Contains("HeteroAgent.LlamaCpp"))
        {
            Assert.That(added, Has.Some.StartsWith("LLamaSharp.Backend."), "no model is loaded without a backend");
        }
    }

    [TestCaseSource(typeof(PackageProject), nameof(PackageProject.All))]
    public void TargetFrameworkIsNamed(PackageProject project) => Assert.That(project.Readme, Does.Contain("`net10.0`"));

    [TestCaseSource(typeof(PackageProject), nameof(PackageProject.All))]
    public void VersionsAreThoseOfTheBuild(PackageProject project)
    {
        string versions = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "Directory.Packages.props"));
        foreach (Match match in AddVersion().Matches(project.Readme))
        {
            Assert.That(versions, Does.Contain($"Include=\"{match.Groups[1].Value}\" Version=\"{match.Groups[2].Value}\""));
        }
    }

    private static string[] Compile(string program)
    {
        CSharpParseOptions parsing = new(LanguageVersion.Latest);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Readme",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, parsing), CSharpSyntaxTree.ParseText(program, parsing)],
            References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^dotnet add package (\S+)", RegexOptions.Multiline)]
    private static partial Regex AddPackage();

    [GeneratedRegex(@"^dotnet add package (\S+) --version (\S+)", RegexOptions.Multiline)]
    private static partial Regex AddVersion();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();
}
