using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>Reads AgentProcessBench: each message of the agent is a step, written out with its tool call, and with or without the tool's answer.</summary>
internal static class AgentRuns
{
    internal const string WithResults = Corpus.Agents;
    internal const string CallsOnly = Corpus.Agents + "-calls";

    // A run stands twice in the data, in either form; there are few of them beside the mathematics.
    private const double Weight = 1;

    public static IEnumerable<CorpusTrace> Read(string path) => Corpus.Lines(path).SelectMany(static row => (CorpusTrace[])[Of(row, results: true), Of(row, results: false)]);

    private static CorpusTrace Of(JsonElement row, bool results)
    {
        List<string> steps = [];
        List<int> labels = [];
        JsonElement judged = row.GetProperty("step_labels");
        int index = 0;
        foreach (JsonElement message in row.GetProperty("messages").EnumerateArray())
        {
            switch (message.GetProperty("role").GetString())
            {
                case "assistant":
                    steps.Add(Written(message));
                    labels.Add(judged.TryGetProperty(index.ToString(CultureInfo.InvariantCulture), out JsonElement label) ? label.GetInt32() : 0);
                    break;
                case "tool" when results && steps.Count > 0:
                    steps[^1] = $"{steps[^1]}\n<tool_response>{message.GetProperty("content").GetString()}</tool_response>".Trim();
                    break;
            }

            index++;
        }

        ReasoningTrace trace = new(row.GetProperty("question").GetString()!, steps);
        return new(new(trace, labels.IndexOf(-1)) { Weight = Weight }, results ? WithResults : CallsOnly)
        {
            IsAnswerRight = row.GetProperty("final_label").GetInt32() == 1,
            StepLabels = labels,
        };
    }

    private static string Written(JsonElement message)
    {
        StringBuilder text = new(message.TryGetProperty("content", out JsonElement content) ? content.GetString() : "");
        if (message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement call in calls.EnumerateArray())
            {
                JsonElement function = call.GetProperty("function");
                text.Append(text.Length > 0 ? "\n" : "").Append("<tool_call>").Append(function.GetProperty("name").GetString()).Append(' ').Append(function.GetProperty("arguments").GetString()).Append("</tool_call>");
            }
        }

        return text.ToString();
    }
}
