using System.Globalization;

namespace HeteroAgent.Cli;

/// <summary>The memory that this process may use, in bytes; the smaller of what the machine has and what a container grants.</summary>
/// <param name="TotalBytes">All of it.</param>
/// <param name="AvailableBytes">What is free now, or null where the system does not tell.</param>
internal sealed record SystemMemory(long TotalBytes, long? AvailableBytes)
{
    internal static SystemMemory Read()
    {
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new SystemMemory(total, Available() is { } available ? Math.Min(available, total) : null);
    }

    private static long? Available()
    {
        try
        {
            const string Field = "MemAvailable:";
            string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal)) : null;
            const int Kibi = 1024;
            return line is not null && long.TryParse(line.AsSpan(Field.Length).Trim().TrimEnd("kB ").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes * Kibi : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
