using System.Globalization;

namespace HeteroAgent.LlamaCpp;

/// <summary>A reading of how busy the processor is, in seconds.</summary>
/// <param name="Idle">The idle time of the cores that this process may run on, all together.</param>
/// <param name="Waited">How long the thread that reads this was ready to run and had no core; 0 where the system does not tell.</param>
/// <param name="Thread">The thread that read this.</param>
internal readonly record struct CpuTimes(double Idle, double Waited, int Thread)
{
    // USER_HZ, the unit of /proc/stat, is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;
    private const string Stat = "/proc/stat";
    private static readonly HashSet<int>? Allowed = ReadAllowed();

    /// <summary>Reads the times; null where the system does not tell.</summary>
    internal static CpuTimes? Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return ReadIdle(File.ReadLines(Stat), Allowed) is { } idle ? new CpuTimes(idle, ReadWaited(), Environment.CurrentManagedThreadId) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads how many threads of the whole machine run or are ready to, this one included; null where the system does not tell, or where this process may not run on all of its cores.</summary>
    internal static int? ReadRunning()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ReadRunning(File.ReadAllLines(Stat), Allowed) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The idle seconds in the lines of <c>/proc/stat</c>: of the given cores, or of all.</summary>
    internal static double? ReadIdle(IEnumerable<string> lines, HashSet<int>? cores)
    {
        const int Idle = 4;
        const int IoWait = 5;
        double? total = null;
        foreach (string line in lines.TakeWhile(l => l.StartsWith("cpu", StringComparison.Ordinal)))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > IoWait && int.TryParse(fields[0].AsSpan(3), CultureInfo.InvariantCulture, out int core) && cores?.Contains(core) != false)
            {
                total = (total ?? 0) + double.Parse(fields[Idle], CultureInfo.InvariantCulture) + double.Parse(fields[IoWait], CultureInfo.InvariantCulture);
            }
        }

        return total / TicksPerSecond;
    }

    /// <summary>The threads that run or are ready to, in the lines of <c>/proc/stat</c>; null where not all cores are among the given ones.</summary>
    internal static int? ReadRunning(IReadOnlyList<string> lines, HashSet<int>? cores)
    {
        const string Field = "procs_running ";
        int all = lines.Skip(1).TakeWhile(l => l.StartsWith("cpu", StringComparison.Ordinal)).Count();
        string? line = lines.FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return (cores is null || cores.Count >= all) && int.TryParse(line?[Field.Length..], CultureInfo.InvariantCulture, out int running) && running > 0 ? running : null;
    }

    /// <summary>The numbers of a list such as <c>0-3,8</c>; null where it is none.</summary>
    internal static HashSet<int>? ParseList(string? list)
    {
        HashSet<int> numbers = [];
        foreach (string part in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first) || !int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last))
            {
                return null;
            }

            numbers.UnionWith(Enumerable.Range(first, Math.Max(last - first + 1, 0)));
        }

        return numbers.Count > 0 ? numbers : null;
    }

    // A container may be pinned to some cores of a machine whose others are idle.
    private static HashSet<int>? ReadAllowed()
    {
        const string Field = "Cpus_allowed_list:";
        try
        {
            return OperatingSystem.IsLinux() ? ParseList(File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal))?[Field.Length..]) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static double ReadWaited()
    {
        const string Path = "/proc/thread-self/schedstat";
        const double NanosecondsPerSecond = 1e9;
        return File.Exists(Path) && File.ReadAllText(Path).Split(' ') is [_, string waited, ..] ? double.Parse(waited, CultureInfo.InvariantCulture) / NanosecondsPerSecond : 0;
    }
}
