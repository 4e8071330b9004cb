using LLama.Native;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class CpuLevelTests
{
    [Test]
    [Platform("Linux")]
    public void The_level_is_what_the_system_says_of_the_processor()
    {
        // The kernel lists what the processor has and what it saves of it.
        string[] flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? [];
        bool Has(string all) => all.Split(' ').All(flags.Contains);
        AvxLevel expected = !Has("avx") ? AvxLevel.None
            : !Has("avx2 fma f16c bmi2") ? AvxLevel.Avx
            : !Has("avx512f avx512dq avx512cd avx512bw avx512vl avx512vbmi avx512_vnni") ? AvxLevel.Avx2
            : AvxLevel.Avx512;

        Assert.That(CpuLevel.Best, Is.EqualTo(expected));
    }
}
