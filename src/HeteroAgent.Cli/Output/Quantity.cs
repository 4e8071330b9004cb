namespace HeteroAgent.Cli;

/// <summary>Numbers as a person reads them, in decimal units.</summary>
internal static class Quantity
{
    internal static string Bytes(long bytes) => bytes < 1000 ? $"{bytes} B" : $"{Scaled(bytes, " ")}B";

    internal static string Count(long count) => Scaled(count, "");

    private static string Scaled(long number, string space)
    {
        double value = number;
        string[] units = ["", "k", "M", "G", "T"];
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
        {
            value /= 1000;
        }

        string name = space.Length == 0 && units[unit] == "G" ? "B" : units[unit];
        return unit == 0 ? $"{number}" : $"{(value < 9.95 ? value.ToString("0.0") : value.ToString("0"))}{space}{name}";
    }
}
