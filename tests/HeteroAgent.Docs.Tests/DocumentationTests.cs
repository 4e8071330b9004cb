using System.Text.RegularExpressions;
using HeteroAgent.Starter;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Docs.Tests;

/// <summary>The documentation shows only code that compiles, links that lead somewhere, and one command each under the two headings.</summary>
public sealed partial class DocumentationTests
{
    private const string Repository = "https://github.com/heteroagent/heteroagent/blob/main/";

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(SharedData.RepositoryRoot, "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(SharedData.RepositoryRoot, f).Replace('\\', '/'))
            .Where(f => f is "README.md" or "CHANGELOG.md" || f.StartsWith("docs/", StringComparison.Ordinal) || (f.StartsWith("src/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal)));

    // A package's README holds whole programs, which PackageReadmeTests compiles.
    private static IEnumerable<string> SnippetPages() => Pages().Where(p => !(p.StartsWith("src/", StringComparison.Ordinal) && p.EndsWith("/README.md", StringComparison.Ordinal)));

    [TestCaseSource(nameof(SnippetPages))]
    public void CodeIsCompiled(string page)
    {
        string compiled = string.Concat(new[] { "tests", "samples" }
            .SelectMany(d => Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, d), "*.cs", SearchOption.AllDirectories))
            .Select(f => Normalise(File.ReadAllText(f))));
        foreach (Match block in CSharpBlock().Matches(Read(page)))
        {
            Assert.That(compiled.Contains(Normalise(block.Groups[1].Value), StringComparison.Ordinal), $"{page} shows code that no test or sample compiles:\n{block.Groups[1].Value}");
        }
    }

    [TestCaseSource(nameof(Pages))]
    public void LinksLeadSomewhere(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(SharedData.RepositoryRoot, page))!;
        foreach (Match link in Link().Matches(Read(page)))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            string path = target.StartsWith(Repository, StringComparison.Ordinal) ? Path.Combine(SharedData.RepositoryRoot, target[Repository.Length..]) : Path.Combine(folder, target);
            Assert.That(target.Length == 0 || Path.Exists(path), $"{page} links to {target}, which does not exist.");
        }
    }

    [TestCase("Run it")]
    [TestCase("Test it")]
    public void HeadingHasOneCommand(string heading)
    {
        Match match = Regex.Match(Read("README.md"), $@"^#+ {heading}\n(?:(?!^#).*\n)*?```sh\n((?:.*\n)*?)```", RegexOptions.Multiline);
        Assert.That(match.Success, $"no sh block under '{heading}'");
        Assert.That(match.Groups[1].Value.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Starter_AnswersAsTheReadmeSays()
    {
        ScriptedChatClient frontier = new("not needed");
        AITool[] tools = [AIFunctionFactory.Create((string music_item, string playlist, string playlist_owner) => playlist, "AddToPlaylist")];
        TextWriter console = Console.Out;
        using StringWriter output = new();
        Console.SetOut(output);
        try
        {
            await Snippets.StarterAsync(frontier, tools);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.That(output.ToString().Trim(), Is.EqualTo("AddToPlaylist"));
        Assert.That(StarterModel.EscalationThreshold, Is.InRange(0, 1));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, page)).ReplaceLineEndings("\n");

    private static string Normalise(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith('#'))) + "\n";

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    // Relative ones, and those into this repository, which a package's README needs.
    [GeneratedRegex(@"\]\(((?!https?:|#)[^)\s]+|" + Repository + @"[^)\s]*)\)")]
    private static partial Regex Link();
}
