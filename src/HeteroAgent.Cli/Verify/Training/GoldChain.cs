using System.Globalization;
using System.Text.RegularExpressions;
using HeteroAgent.Onnx;

namespace HeteroAgent.Cli;

/// <summary>Finds where a wrong solution first leaves the gold one: the first computed value that the gold solution does not compute.</summary>
internal static partial class GoldChain
{
    public static int FirstDeparture(string gold, string[] steps)
    {
        HashSet<double> known = [.. Computed(gold)];
        for (int i = 0; i < steps.Length; i++)
        {
            if (Computed(steps[i]).Any(v => !known.Contains(v)))
            {
                return i;
            }
        }

        return LabeledTrace.SomewhereWrong;
    }

    private static IEnumerable<double> Computed(string text)
    {
        foreach (Match match in Result().Matches(text))
        {
            if (double.TryParse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                yield return Math.Round(value, 4);
            }
        }
    }

    [GeneratedRegex(@"=\s*\$?(-?[\d,]*\.?\d+)>>")]
    private static partial Regex Result();
}
