using System.Runtime.Intrinsics.X86;
using LLama.Native;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class NativeFoldersTests
{
    private TemporaryFolder _application = null!;

    [SetUp]
    public void MakeAnApplication() => _application = new TemporaryFolder();

    [TearDown]
    public void DeleteIt() => _application.Dispose();

    [Test]
    public void The_processor_is_asked_and_agrees_with_the_compiler()
    {
        Assume.That(X86Base.IsSupported, "the levels are those of x64");
        Assert.That(CpuLevel.Best, Is.EqualTo(CpuLevel.LLamaSharpDefault));
    }

    [Test]
    public void A_GPU_build_comes_before_the_CPU_build_in_the_order_of_LLamaSharp()
    {
        string cpu = Add(CpuLevel.Folder(CpuLevel.Best), "ggml-cpu");
        string vulkan = Add("vulkan");
        string cuda12 = Add("cuda12");
        string cuda11 = Add("cuda11");
        Assert.That(Existing(Description(), cudaVersion: 11).Select(f => (f.Directory, f.CpuDirectory, f.Backend)).Take(4), Is.EqualTo(new[]
        {
            (cuda11, cpu, "cuda11"), (cuda12, cpu, "cuda12"), (vulkan, cpu, "vulkan"), (cpu, cpu, CpuLevel.Folder(CpuLevel.Best)),
        }));
        Assert.That(Existing(Description(), cudaVersion: -1)[0].Backend, Is.EqualTo("cuda12"), "the newest, where the system does not tell");
    }

    [Test]
    public void A_GPU_build_brings_its_own_CPU_library_where_it_has_one()
    {
        Add(CpuLevel.Folder(CpuLevel.Best), "ggml-cpu");
        string cuda = Add("cuda12", "ggml-cpu");
        Assert.That(Existing(Description(), 12)[0].CpuDirectory, Is.EqualTo(cuda));
    }

    [Test]
    public void A_GPU_that_the_application_excludes_is_not_tried()
    {
        Add("cuda12");
        Add("vulkan");
        Assert.That(Existing(Description() with { UseCuda = false, UseVulkan = false }, 12), Is.Empty);
    }

    [Test]
    public void A_level_that_the_application_chose_is_kept()
    {
        Assume.That(X86Base.IsSupported, "the levels are those of x64");
        string none = Add("noavx");
        string avx = Add("avx");
        Add("avx2");
        NativeLibraryConfig.Description chosen = Description() with { AvxLevel = AvxLevel.Avx };
        Assume.That(CpuLevel.LLamaSharpDefault, Is.Not.EqualTo(AvxLevel.Avx));
        Assert.That(Existing(chosen, -1).Select(f => f.Directory), Is.EqualTo(new[] { avx, none }));
        Assert.That(Existing(chosen with { AllowFallback = false }, -1).Select(f => f.Directory), Is.EqualTo(new[] { avx }));
    }

    [Test]
    public void The_working_directory_is_not_searched()
    {
        Assume.That(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), Is.Not.EqualTo(Environment.CurrentDirectory));
        string stray = Path.Combine(Environment.CurrentDirectory, "runtimes");
        Assert.That(NativeFolders.OfApplication(Description() with { SearchDirectories = ["./"] }, -1).Select(f => f.Directory), Has.None.StartsWith(stray));
    }

    private string Add(string folder, params string[] libraries)
    {
        string path = Path.Combine(_application.Path, "runtimes", NativeFiles.Rid(), "native", folder);
        Directory.CreateDirectory(path);
        foreach (string library in libraries)
        {
            File.WriteAllBytes(Path.Combine(path, NativeFiles.Name(library)), []);
        }

        return path;
    }

    private NativeLibraryConfig.Description Description() =>
        new(null, NativeLibraryName.LLama, UseCuda: true, UseVulkan: true, CpuLevel.LLamaSharpDefault, AllowFallback: true, SkipCheck: false, [_application.Path, "./"]);

    private List<NativeFolder> Existing(NativeLibraryConfig.Description description, int cudaVersion) =>
        [.. NativeFolders.OfApplication(description, cudaVersion).Where(f => f.Directory.StartsWith(_application.Path, StringComparison.Ordinal) && f.Directory.Contains("native", StringComparison.Ordinal) && Directory.Exists(f.Directory) && !f.Directory.EndsWith("native", StringComparison.Ordinal))];
}
