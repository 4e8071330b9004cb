using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

public sealed class OnnxRuntimeTests
{
    [TestCase("linux-musl-x64", "Alpine and other systems on musl")]
    [TestCase("linux-musl-arm64", "Alpine and other systems on musl")]
    [TestCase("alpine.3.20-x64", "Alpine and other systems on musl")]
    [TestCase("osx-x64", "macOS on Intel")]
    [TestCase("osx.14-x64", "macOS on Intel")]
    [TestCase("osx-arm64", null)]
    [TestCase("linux-x64", null)]
    [TestCase("win-arm64", null)]
    public void A_platform_without_a_build_is_named(string runtimeIdentifier, string? platform) =>
        Assert.That(OnnxRuntime.PlatformWithoutBuild(runtimeIdentifier), Is.EqualTo(platform));
}
