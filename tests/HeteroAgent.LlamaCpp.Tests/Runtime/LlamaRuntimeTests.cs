using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Native libraries that are missing, damaged or of another version, each in a process of its own.</summary>
public sealed class LlamaRuntimeTests
{
    private const string Stub = """
        #include <string.h>
        struct model { char bytes[96]; };
        struct context { char bytes[200]; };
        struct model llama_model_default_params(void) { struct model p; memset(&p, 0, sizeof p); return p; }
        struct context llama_context_default_params(void) { struct context p; memset(&p, 0, sizeof p); return p; }
        """;

    private static async Task<JsonElement> LoadAsync(string folder)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        using Probe probe = new("runtime", folder);
        return await probe.ReadAsync(limit.Token);
    }

    private static string Name(string library) => OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    [Test]
    public async Task The_folder_of_the_bundled_libraries_loads()
    {
        JsonElement answer = await LoadAsync(LlamaRuntime.Load().Directory);
        Assert.That(answer.TryGetProperty("answer", out JsonElement version) ? version.GetString() : answer.ToString(), Is.EqualTo(LlamaRuntime.Current!.Version));
    }

    [Test]
    public async Task A_missing_folder_is_named()
    {
        string missing = Path.Combine(Path.GetTempPath(), "no such folder of llama.cpp");
        JsonElement answer = await LoadAsync(missing);
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo(nameof(LlamaRuntimeException)));
        Assert.That(answer.GetProperty("attempts").EnumerateArray().Select(a => a.GetString()), Is.EqualTo(new[] { $"{missing}: there is no such folder" }));
        Assert.That(answer.GetProperty("message").GetString(), Does.Contain(missing).And.Contain("HETEROAGENT_NATIVE_PATH").And.Contain($"LLamaSharp.Backend.Cpu {NativeLayout.LLamaSharpVersion}"));
    }

    [Test]
    public async Task An_empty_folder_says_which_file_it_lacks()
    {
        using TemporaryFolder folder = new();
        JsonElement answer = await LoadAsync(folder.Path);
        Assert.That(answer.GetProperty("attempts")[0].GetString(), Does.StartWith(folder.Path).And.Contain("llama"));
    }

    [Test]
    public async Task Garbage_instead_of_a_library_is_refused_with_the_loaders_reason()
    {
        using TemporaryFolder folder = new();
        string[] files = [.. new[] { "ggml-base", "ggml", "llama" }.Select(l => folder.File(Name(l), "this is no library"u8.ToArray()))];
        JsonElement answer = await LoadAsync(folder.Path);
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo(nameof(LlamaRuntimeException)));
        string attempt = answer.GetProperty("attempts").EnumerateArray().Single().GetString()!;
        Assert.That(attempt, Does.StartWith(files[0] + ": "));
        Assert.That(attempt, Has.Length.GreaterThan(files[0].Length + 10), "the loader's reason is missing");
    }

    [Test]
    public async Task A_library_of_another_layout_is_refused_and_named()
    {
        using TemporaryFolder folder = new();
        await CompileAsync(folder, "ggml-base", "int ggml_base;");
        await CompileAsync(folder, "ggml", "int ggml;");
        await CompileAsync(folder, "llama", Stub);
        JsonElement answer = await LoadAsync(folder.Path);
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo(nameof(LlamaRuntimeException)));
        Assert.That(answer.GetProperty("message").GetString(), Does.Contain(folder.Path).And.Contain("llama_model_params").And.Contain($"LLamaSharp {NativeLayout.LLamaSharpVersion}"));
    }

    [Test]
    public async Task A_library_without_the_expected_functions_is_refused()
    {
        using TemporaryFolder folder = new();
        await CompileAsync(folder, "ggml-base", "int ggml_base;");
        await CompileAsync(folder, "ggml", "int ggml;");
        await CompileAsync(folder, "llama", "int llama;");
        JsonElement answer = await LoadAsync(folder.Path);
        Assert.That(answer.GetProperty("message").GetString(), Does.Contain("exports no llama_model_default_params"));
    }

    [Test]
    public void Another_folder_cannot_be_loaded_once_one_is()
    {
        LlamaRuntime first = LlamaRuntime.Load();
        Assert.That(LlamaRuntime.Load(), Is.SameAs(first));
        Assert.That(() => LlamaRuntime.Load(new LlamaRuntimeOptions { NativePath = Path.GetTempPath() }), Throws.TypeOf<LlamaRuntimeException>().With.Message.Contains(first.Directory));
    }

    private static async Task CompileAsync(TemporaryFolder folder, string library, string source)
    {
        string file = folder.File(library + ".c", System.Text.Encoding.UTF8.GetBytes(source));
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", Path.Combine(folder.Path, Name(library)), file]);
            await compiler.WaitForExitAsync();
            Assume.That(compiler.ExitCode, Is.Zero, "the C compiler makes no shared library here");
        }
        catch (Win32Exception)
        {
            Assert.Ignore("No C compiler (cc) is on the PATH.");
        }
    }
}
