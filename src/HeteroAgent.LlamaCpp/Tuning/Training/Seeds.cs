namespace HeteroAgent.LlamaCpp;

/// <summary>Seeds for independent random choices, the same in every process (SplitMix64, Steele et al., OOPSLA 2014).</summary>
internal static class Seeds
{
    internal static int Mix(int seed, int a, int b = 0)
    {
        ulong x = unchecked((ulong)(uint)seed * 0x9E3779B97F4A7C15UL) ^ ((ulong)(uint)a << 32) ^ (uint)b;
        x = Next(Next(x));
        return (int)(x >> 33);
    }

    internal static Random Random(int seed, int a, int b = 0) => new(Mix(seed, a, b));

    private static ulong Next(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15UL;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            return x ^ (x >> 31);
        }
    }
}
