using System.Globalization;
using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>The cross-validated figures of a verifier, beside what a constant answer reaches and what others published.</summary>
internal sealed class VerifierReport
{
    private readonly List<Row> _rows = [];

    /// <summary>One figure.</summary>
    internal sealed record Row(string Data, string Measure, int Count, Interval Value, double? Constant, string Published);

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Adds the figures of traces that were held out by question.</summary>
    public void AddQuestions(IReadOnlyList<HeldOutTrace> held)
    {
        ProcessBench(Corpus.ProcessBenchGsm8k, "", "Skywork-PRM-1.5B .590, Math-Shepherd-7B .479, prompted Qwen2.5-7B .365, Llama-3.1-8B .109");
        ProcessBench(Corpus.ProcessBenchMath, "", "Skywork-PRM-1.5B .480, Math-Shepherd-7B .295, prompted Qwen2.5-7B .366, Llama-3.1-8B .051");
        foreach (string source in (string[])[AgentRuns.WithResults, AgentRuns.CallsOnly])
        {
            HeldOutTrace[] agents = [.. held.Where(h => h.Trace.Source == source)];
            double steps = agents.Sum(static a => a.Trace.StepLabels.Count);
            Add(source, "step accuracy", agents, Measures.StepAccuracy, agents.Sum(static a => a.Trace.StepLabels.Count(static l => l == 1)) / steps, "GPT-5.2 .721, Qwen3-4B .666, Llama-3.3-70B .463");
            Add(source, "first error accuracy", agents, Measures.FirstErrorAccuracy, agents.Average(static a => a.IsFlawed ? 0.0 : 1), "GPT-5.2 .696, Qwen3-4B .592, Llama-3.2-3B .584");
            Add(source, "AUC of flawed", agents, Measures.Auc, 0.5, "");
        }

        Whole(Corpus.VerifyCot);
        Whole(Corpus.BigBench);

        void ProcessBench(string source, string suffix, string published)
        {
            HeldOutTrace[] rows = [.. held.Where(h => h.Trace.Source == source)];
            Add(source, "F1" + suffix, rows, Measures.F1, 0, published);
            Add(source, "AUC of flawed" + suffix, rows, Measures.Auc, 0.5, "");
            Add(source, "place of the first error" + suffix, rows, Measures.PlaceAccuracy, null, "");
            Add(source, "flawed, macro-F1" + suffix, rows, Measures.MacroF1, null, "Advani's classifier .86, against a judge's labels");
            if (source == Corpus.ProcessBenchMath)
            {
                Add(source, "right for wrong reasons, found at 10 % false alarms", rows, Measures.RightForWrongReasons, 0.1, "");
            }
        }

        void Whole(string source)
        {
            HeldOutTrace[] rows = [.. held.Where(h => h.Trace.Source == source)];
            Add(source, "AUC of flawed", rows, Measures.Auc, 0.5, "");
            Add(source, "flawed, macro-F1", rows, Measures.MacroF1, null, "");
        }
    }

    /// <summary>Adds the figures of traces whose writer's family was held out too.</summary>
    public void AddFamilies(IReadOnlyList<HeldOutTrace> held)
    {
        foreach (string source in (string[])[Corpus.ProcessBenchGsm8k, Corpus.ProcessBenchMath])
        {
            HeldOutTrace[] rows = [.. held.Where(h => h.Trace.Source == source)];
            Add(source, "F1, writer's family left out", rows, Measures.F1, 0, "");
            Add(source, "AUC of flawed, writer's family left out", rows, Measures.Auc, 0.5, "");
        }
    }

    public void WriteText(TextWriter writer)
    {
        foreach (Row row in _rows)
        {
            string constant = row.Constant is { } c ? c.ToString("0.000", CultureInfo.InvariantCulture) : "     ";
            writer.WriteLine($"{row.Data,-24} {row.Measure,-52} n={row.Count,-5} {row.Value,-24} constant {constant}  {row.Published}");
        }
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("figures");
        foreach (Row row in _rows)
        {
            writer.WriteStartObject();
            writer.WriteString("data", row.Data);
            writer.WriteString("measure", row.Measure);
            writer.WriteNumber("n", row.Count);
            writer.WriteRounded("value", row.Value.Value, 4);
            writer.WriteRounded("low", row.Value.Low, 4);
            writer.WriteRounded("high", row.Value.High, 4);
            writer.WriteRounded("constant", row.Constant, 4);
            writer.WriteString("published", row.Published);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Add(string data, string measure, HeldOutTrace[] rows, Func<IReadOnlyList<HeldOutTrace>, double> of, double? constant, string published)
    {
        if (rows.Length > 0)
        {
            _rows.Add(new(data, measure, rows.Length, Interval.Of(rows, of), constant, published));
        }
    }
}
