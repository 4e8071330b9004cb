using System.Diagnostics;
using System.Numerics;

namespace HeteroAgent.LlamaCpp;

/// <summary>How many prompt tokens a step may take, from what steps have cost so far.</summary>
/// <remarks>
/// While requests generate, a step with prompt tokens may last a few times as long as one without: chunked prefill under a token
/// budget, after Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with Sarathi-Serve", OSDI 2024. While none
/// does, a step is kept so short that a request that arrives meanwhile does not wait long for its first.
/// </remarks>
internal sealed class PrefillBudget(SchedulerLimits limits, int? chunk)
{
    private const double Slowdown = 4;
    private const double LongestStep = 0.25;

    // Fewer cost almost as much as these, and a number of rows that ggml's kernels divide evenly wastes none.
    private const int Quantum = 8;
    private const double Weight = 0.2;

    private readonly double[] _generating = new double[16];
    private double _perToken;

    /// <summary>Gets the ticks of <see cref="Stopwatch"/> that a prompt token has cost of late; 0 while that is not known.</summary>
    internal double TicksPerToken => _perToken;

    /// <summary>The most prompt tokens of a step.</summary>
    /// <param name="generating">The tokens that generating requests decode in a step; 0 where none generates.</param>
    /// <param name="prefilling">The requests whose prompts are being read and that may slow these down.</param>
    internal int PromptTokens(int generating, int prefilling = 1)
    {
        if (generating == 0)
        {
            // Whole chunks, so that where a prompt is cut does not depend on measured times.
            int chunks = _perToken == 0 ? 1 : (int)Math.Min(LongestStep * Stopwatch.Frequency / _perToken / limits.Chunk, limits.BatchSize / limits.Chunk);
            return Math.Min(Math.Max(chunks, 1) * limits.Chunk, limits.BatchSize);
        }

        if (chunk is { } fixedSize)
        {
            return Math.Min(fixedSize, limits.BatchSize);
        }

        double alone = _generating[Bucket(generating)];
        double affordable = alone == 0 || _perToken == 0 ? 0 : (Slowdown - 1) * alone / _perToken;
        affordable = Math.Clamp(affordable, Quantum, limits.BatchSize);

        // Where more wait for their first token than wait for their next one, as after a burst, they weigh more: up to one chunk.
        double weighed = Math.Min(affordable * prefilling / generating, limits.Chunk);
        return (int)Math.Max(affordable, weighed) / Quantum * Quantum;
    }

    /// <summary>Notes what a step cost.</summary>
    internal void Report(int generating, int prompt, long ticks)
    {
        if (prompt == 0)
        {
            Blend(ref _generating[Bucket(generating)], ticks);
        }
        else if (generating == 0 || _generating[Bucket(generating)] > 0)
        {
            double rest = ticks - (generating == 0 ? 0 : _generating[Bucket(generating)]);
            Blend(ref _perToken, Math.Max(rest, 0.1 * ticks) / prompt);
        }
    }

    private static void Blend(ref double mean, double value) => mean = mean == 0 ? value : ((1 - Weight) * mean) + (Weight * value);

    private static int Bucket(int tokens) => Math.Min(BitOperations.Log2((uint)Math.Max(tokens, 1)), 15);
}
