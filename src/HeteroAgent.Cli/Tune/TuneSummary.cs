using System.Globalization;
using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>What came out of a training.</summary>
/// <param name="Mode">The mode, without dashes.</param>
/// <param name="Output">The file that was written.</param>
/// <param name="Examples">The training examples.</param>
internal sealed record TuneSummary(string Mode, string Output, int Examples)
{
    /// <summary>Gets the figures of the training itself: labels, temperature, loss, whatever the mode has.</summary>
    internal IReadOnlyList<TuneFigure> Training { get; init; } = [];

    /// <summary>Gets all files that were written, where there are several.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [Output];

    /// <summary>Gets the number of examples of the evaluation file; 0 where there was none.</summary>
    internal int EvaluationExamples { get; init; }

    /// <summary>Gets what was measured on the evaluation file before training, by whatever the mode starts from.</summary>
    internal IReadOnlyList<TuneFigure> Before { get; init; } = [];

    /// <summary>Gets what was measured on it with the trained specialist.</summary>
    internal IReadOnlyList<TuneFigure> After { get; init; } = [];

    internal TimeSpan Elapsed { get; init; }

    internal void WriteText(TextWriter writer)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", Files)}: {Quantity.Bytes(Files.Sum(static f => new FileInfo(f).Length))}, from {Examples} examples in {Elapsed.TotalSeconds:0.0} s"));
        foreach (TuneFigure figure in Training)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {figure.Title,-28} {figure.Text}"));
        }

        if (EvaluationExamples > 0)
        {
            writer.WriteLine($"On {EvaluationExamples} examples of the evaluation file:");
            writer.WriteLine($"  {"",-28} {"before",10} {"after",10}");
            foreach (string name in After.Select(static f => f.Name).Union(Before.Select(static f => f.Name)))
            {
                writer.WriteLine($"  {name.Replace('_', ' '),-28} {Find(Before, name),10} {Find(After, name),10}");
            }
        }
    }

    internal void WriteJson() => JsonLine.Write(writer =>
    {
        const int Digits = 6;
        writer.WriteString("mode", Mode);
        writer.WriteString("output", Output);
        writer.WriteStartArray("files");
        foreach (string file in Files)
        {
            writer.WriteStringValue(file);
        }

        writer.WriteEndArray();
        writer.WriteNumber("bytes", Files.Sum(static f => new FileInfo(f).Length));
        writer.WriteNumber("examples", Examples);
        writer.WriteRounded("seconds", Elapsed.TotalSeconds, 3);
        WriteFigures(writer, "training", Training, Digits);
        if (EvaluationExamples == 0)
        {
            writer.WriteNull("evaluation");
            return;
        }

        writer.WriteStartObject("evaluation");
        writer.WriteNumber("examples", EvaluationExamples);
        WriteFigures(writer, "before", Before, Digits);
        WriteFigures(writer, "after", After, Digits);
        writer.WriteEndObject();
    });

    private static string Find(IReadOnlyList<TuneFigure> figures, string name) =>
        figures.Where(f => f.Name == name).Select(static f => f.Text).FirstOrDefault("-");

    private static void WriteFigures(Utf8JsonWriter writer, string name, IReadOnlyList<TuneFigure> figures, int digits)
    {
        writer.WriteStartObject(name);
        foreach (TuneFigure figure in figures)
        {
            writer.WriteRounded(figure.Name, figure.Value, digits);
        }

        writer.WriteEndObject();
    }
}
