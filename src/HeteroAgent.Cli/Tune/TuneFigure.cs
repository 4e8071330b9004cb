using System.Globalization;

namespace HeteroAgent.Cli;

/// <summary>One figure of a summary.</summary>
/// <param name="Name">Its name in JSON, in lower case with underscores.</param>
/// <param name="Value">The figure.</param>
/// <param name="IsShare">Whether a person reads it in percent.</param>
internal readonly record struct TuneFigure(string Name, double Value, bool IsShare = true)
{
    internal string Title => Name.Replace('_', ' ');

    internal string Text => IsShare
        ? string.Create(CultureInfo.InvariantCulture, $"{Value * 100:0.0} %")
        : string.Create(CultureInfo.InvariantCulture, $"{Value:0.###}");
}
