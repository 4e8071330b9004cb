using System.Globalization;
using System.Net;
using System.Text;

namespace HeteroAgent.Cli;

/// <summary>Draws a training log as SVG: the loss by step, and the share of held-out calls that are right, part by part.</summary>
internal static class TrainingPlot
{
    private const int Width = 820;
    private const int PartHeight = 190;
    private const int Left = 60;
    private const int Right = 60;
    private const int Top = 34;
    private const int PlotHeight = 120;
    private const int Points = 240;

    internal static string Draw(TrainingLog log)
    {
        StringBuilder svg = new();
        int height = Math.Max(1, log.Parts.Count) * PartHeight;
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        for (int i = 0; i < log.Parts.Count; i++)
        {
            DrawPart(svg, log.Parts[i], (i * PartHeight) + Top);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawPart(StringBuilder svg, TrainingLog.Part part, int top)
    {
        int plotWidth = Width - Left - Right;
        int steps = Math.Max(1, part.Losses.Count > 0 ? part.Losses[^1].Step : 1);
        (double Step, double Loss)[] smooth = [.. part.Losses.Chunk(Math.Max(1, part.Losses.Count / Points)).Select(c => (c.Average(l => (double)l.Step), c.Average(l => l.Loss)))];
        double highest = Math.Max(0.1, smooth.Skip(smooth.Length / 20).Select(l => l.Loss).DefaultIfEmpty(1).Max());
        string X(double step) => Number(Left + (step / steps * plotWidth));
        string Y(double share) => Number(top + ((1 - Math.Clamp(share, 0, 1)) * PlotHeight));
        string title = string.Create(CultureInfo.InvariantCulture, $"{part.Stage}: {steps:N0} steps, {part.Elapsed.TotalMinutes:0.0} minutes{(part.Metrics.Count > 0 ? $", {part.Metrics[^1].Metric * 100:0.0} % of held-out calls right" : string.Empty)}");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{top - 12}\" fill=\"#222222\">{WebUtility.HtmlEncode(title)}</text>\n<rect x=\"{Left}\" y=\"{top}\" width=\"{plotWidth}\" height=\"{PlotHeight}\" fill=\"none\" stroke=\"#bbbbbb\"/>\n");
        foreach (double share in (double[])[0, 0.5, 1])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(share)}\" dy=\"4\" text-anchor=\"end\" fill=\"#1f5fa8\">{highest * share:0.00}</text>\n<text x=\"{Width - Right + 8}\" y=\"{Y(share)}\" dy=\"4\" fill=\"#b5541c\">{share * 100:0} %</text>\n");
        }

        Line(svg, smooth.Select(l => $"{X(l.Step)},{Y(l.Loss / highest)}"), "#1f5fa8");
        Line(svg, part.Metrics.Select(m => $"{X(m.Step)},{Y(m.Metric)}"), "#b5541c");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{top + PlotHeight + 16}\" fill=\"#1f5fa8\">loss (nats a target)</text>\n<text x=\"{Width - Right}\" y=\"{top + PlotHeight + 16}\" text-anchor=\"end\" fill=\"#b5541c\">held-out calls right</text>\n");
    }

    private static void Line(StringBuilder svg, IEnumerable<string> points, string colour) =>
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\"{string.Join(' ', points)}\"/>\n");

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
