using System.Diagnostics;

namespace HeteroAgent.Benchmarks;

/// <summary>One measurement: wall and processor time of some amount of work.</summary>
/// <param name="Work">The amount, for example tokens; 1 where only the time counts.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of the whole process in that time, all threads together.</param>
internal readonly record struct Sample(int Work, double Seconds, double CpuSeconds)
{
    internal double Rate => Work / Seconds;

    /// <summary>A running clock for both times.</summary>
    internal readonly record struct Clock(long Ticks, TimeSpan Cpu)
    {
        internal static Clock Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

        internal Sample Stop(int work) => new(work, Stopwatch.GetElapsedTime(Ticks).TotalSeconds, (Environment.CpuUsage.TotalTime - Cpu).TotalSeconds);
    }
}
