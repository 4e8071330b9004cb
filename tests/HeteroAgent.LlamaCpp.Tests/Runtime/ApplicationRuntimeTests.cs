using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Applications that have configured or used LLamaSharp before, each in a process of its own.</summary>
public sealed class ApplicationRuntimeTests
{
    private static string Level(string level)
    {
        string folder = Path.Combine(Path.GetDirectoryName(LlamaRuntime.Load().Directory)!, level);
        Assume.That(Directory.Exists(folder), $"this platform has no build '{level}'");
        return folder;
    }

    private static async Task<JsonElement> AskAsync(params string[] arguments)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        using Probe probe = new(arguments);
        return await probe.ReadAsync(limit.Token);
    }

    private static string Answer(JsonElement answer) => answer.TryGetProperty("answer", out JsonElement text) ? text.GetString()! : answer.ToString();

    [Test]
    public async Task What_the_application_configured_is_kept_and_its_log_goes_on()
    {
        Level("avx2");
        Assert.That(Answer(await AskAsync("configured", Path.GetTempPath())), Does.StartWith("avx2 ").And.EndsWith(" logged"));
    }

    [Test]
    public async Task A_search_directory_of_the_application_comes_first()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "runtimes", NativeFiles.Rid(), "native", "avx2");
        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(Level("avx2")))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        Assert.That(Answer(await AskAsync("configured", folder.Path)), Is.EqualTo($"avx2 {target} logged"));
    }

    [Test]
    public async Task A_selecting_policy_of_the_application_is_kept() =>
        Assert.That(Answer(await AskAsync("policy", Level("avx"))), Is.EqualTo(Level("avx")));

    [Test]
    public async Task Libraries_that_LLamaSharp_has_loaded_are_used() =>
        Assert.That(Answer(await AskAsync("loaded")), Is.EqualTo($"avx {Level("avx")}"));

    [Test]
    public async Task Another_folder_than_the_loaded_one_is_refused_by_name()
    {
        JsonElement answer = await AskAsync("loaded", Level("avx2"));
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo(nameof(LlamaRuntimeException)));
        Assert.That(answer.GetProperty("message").GetString(), Does.Contain(Level("avx")).And.Contain(Level("avx2")).And.Contain("LlamaRuntime.Load before"));
    }

    [Test]
    public async Task The_folder_of_a_backend_package_is_taken_at_the_level_of_this_processor() =>
        Assert.That(Answer(await AskAsync("runtime", Path.GetDirectoryName(Level("avx"))!)), Is.EqualTo(LlamaRuntime.Current!.Version));
}
