using System.Diagnostics;
using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>A reading of the machine's idle time and of this process's own processor time, in seconds.</summary>
internal readonly record struct CpuTimes(long Timestamp, double Idle, double Own)
{
    // USER_HZ, the unit of /proc/stat, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>The cores that this process had or could have had since an earlier reading: its own share and the idle ones.</summary>
    internal double CoresFreeSince(CpuTimes earlier) =>
        (Idle - earlier.Idle + Own - earlier.Own) / Math.Max(Stopwatch.GetElapsedTime(earlier.Timestamp, Timestamp).TotalSeconds, 1e-3);

    /// <summary>Reads the times; false where the system does not tell.</summary>
    internal static bool TryRead(out CpuTimes times)
    {
        times = default;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            using StreamReader reader = new("/proc/stat");
            string[] fields = (reader.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            const int Idle = 4;
            const int IoWait = 5;
            if (fields.Length <= IoWait)
            {
                return false;
            }

            double idle = double.Parse(fields[Idle], CultureInfo.InvariantCulture) + double.Parse(fields[IoWait], CultureInfo.InvariantCulture);
            times = new CpuTimes(Stopwatch.GetTimestamp(), idle / TicksPerSecond, Environment.CpuUsage.TotalTime.TotalSeconds);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }
}
