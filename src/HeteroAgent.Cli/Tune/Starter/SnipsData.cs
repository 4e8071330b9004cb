using System.Text;
using System.Text.Json;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Cli;

/// <summary>Reads the SNIPS benchmark from its folder: seven files <c>train_*_full.json</c> and as many <c>validate_*.json</c>, some in UTF-8 and one in Latin-1.</summary>
internal static class SnipsData
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The training requests in the order of the files' names, with the values' exact places.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="leftOut">Requests to leave out wherever they stand, without regard to white space: those held out for choosing.</param>
    /// <exception cref="UsageException">The folder holds no training file.</exception>
    internal static IReadOnlyList<ExtractiveExample> ReadTraining(string folder, IEnumerable<string>? leftOut = null)
    {
        HashSet<string> held = new((leftOut ?? []).Select(Plain), StringComparer.Ordinal);
        return [.. Read(folder, "train_*_full.json").Where(e => !held.Contains(Plain(e.Request)))];
    }

    /// <summary>The validation requests, which nothing is trained on or chosen by.</summary>
    /// <exception cref="UsageException">The folder holds no validation file.</exception>
    internal static IReadOnlyList<ExtractiveExample> ReadValidation(string folder) => Read(folder, "validate_*.json");

    /// <summary>The requests of a file as an array of objects with a <c>request</c>.</summary>
    internal static IReadOnlyList<string> ReadRequests(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(e => e.GetProperty("request").GetString()!)];
    }

    /// <summary>Examples as request and call; of a slot that stands twice, the first value counts.</summary>
    internal static TuningSet ToTuningSet(IEnumerable<ExtractiveExample> examples) => TuningSet.FromExamples(examples.Select(e => new TuningExample(
    [
        new ChatMessage(ChatRole.User, e.Request),
        new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("call_0", e.Tool, e.Spans.DistinctBy(s => s.Slot).ToDictionary(s => s.Slot, s => (object?)e.Value(s)))]),
    ])
    {
        Line = e.Line,
    }));

    private static List<ExtractiveExample> Read(string folder, string pattern)
    {
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
        {
            throw new UsageException($"'{folder}' holds no file {pattern} of the SNIPS benchmark.");
        }

        List<ExtractiveExample> examples = [];
        foreach (string file in files)
        {
            using JsonDocument document = JsonDocument.Parse(Decode(File.ReadAllBytes(file)));
            foreach (JsonProperty intent in document.RootElement.EnumerateObject())
            {
                foreach (JsonElement row in intent.Value.EnumerateArray())
                {
                    examples.Add(Example(intent.Name, row, examples.Count + 1));
                }
            }
        }

        return examples;
    }

    private static ExtractiveExample Example(string tool, JsonElement row, int number)
    {
        StringBuilder request = new();
        List<SlotSpan> spans = [];
        foreach (JsonElement part in row.GetProperty("data").EnumerateArray())
        {
            string text = part.GetProperty("text").GetString()!;
            if (part.TryGetProperty("entity", out JsonElement slot) && text.AsSpan().Trim() is { Length: > 0 } value)
            {
                spans.Add(new SlotSpan(slot.GetString()!, request.Length + text.IndexOf(value.ToString(), StringComparison.Ordinal), value.Length));
            }

            request.Append(text);
        }

        return new ExtractiveExample(request.ToString(), tool, spans) { Line = number };
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    internal static string Plain(string request) => string.Join(' ', request.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
