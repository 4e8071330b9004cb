using System.Text;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>The tools, slots and words that an extractive model was trained for. Immutable and thread-safe.</summary>
/// <remarks>Labels of words are numbered: 0 is outside, 1 is inside, and slot s begins at 2 + s.</remarks>
internal sealed class ExtractionSchema
{
    internal const int Outside = 0;
    internal const int Inside = 1;
    internal const int FirstSlot = 2;

    /// <summary>Slots of one tool are remembered in a 64-bit set while decoding.</summary>
    internal const int MostSlotsPerTool = 64;
    private const string ToolsKey = "extract.tools";
    private const string PatternKey = "extract.word_pattern";

    private ExtractionSchema(IReadOnlyList<ExtractiveTool> tools, WordSplitter words)
    {
        Tools = tools;
        Words = words;
        Slots = [.. tools.SelectMany(t => t.Slots).Distinct().Order(StringComparer.Ordinal)];
        SlotsOfTool = [.. tools.Select(t => t.Slots.Select(s => Array.BinarySearch(Slots, s, StringComparer.Ordinal)).ToArray())];
    }

    internal IReadOnlyList<ExtractiveTool> Tools { get; }

    internal WordSplitter Words { get; }

    /// <summary>The names of all slots, each once.</summary>
    internal string[] Slots { get; }

    /// <summary>For each tool the numbers of its slots in <see cref="Slots"/>, in the tool's own order.</summary>
    internal int[][] SlotsOfTool { get; }

    internal int LabelCount => FirstSlot + Slots.Length;

    /// <exception cref="LlamaModelException">The file is no extractive model, or its tools or word pattern are malformed.</exception>
    internal static ExtractionSchema Read(GgufFile file, string path)
    {
        if (!file.Metadata.TryGetString(ToolsKey, out string? tools) || !file.Metadata.TryGetString(PatternKey, out string? pattern))
        {
            throw new LlamaModelException(path, $"this is no extractive model: its metadata lacks {ToolsKey} (a JSON object of tool names with their slots) or {PatternKey}. A model that generates answers through LlamaModel.AsIChatClient().");
        }

        try
        {
            return Parse(tools, pattern);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new LlamaModelException(path, $"{ToolsKey} is malformed: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new LlamaModelException(path, $"{PatternKey} '{pattern}' is not a regular expression that runs in linear time: {e.Message}", e);
        }
    }

    internal static ExtractionSchema Parse(string tools, string pattern) => new(ParseTools(tools), new WordSplitter(pattern));

    /// <summary>Tools as the metadata keeps them: an object of names with arrays of slots.</summary>
    internal static string Write(IEnumerable<ExtractiveTool> tools)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            foreach (ExtractiveTool tool in tools)
            {
                writer.WriteStartArray(tool.Name);
                foreach (string slot in tool.Slots)
                {
                    writer.WriteStringValue(slot);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    internal bool SameAs(ExtractionSchema other) =>
        Words.Pattern == other.Words.Pattern
        && Tools.Count == other.Tools.Count
        && Tools.Zip(other.Tools).All(p => p.First.Name == p.Second.Name && p.First.Slots.SequenceEqual(p.Second.Slots));

    private static List<ExtractiveTool> ParseTools(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("an object of tool names was expected.");
        }

        List<ExtractiveTool> tools = [];
        foreach (JsonProperty tool in document.RootElement.EnumerateObject())
        {
            if (tool.Value.ValueKind != JsonValueKind.Array || tool.Value.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.String))
            {
                throw new FormatException($"the slots of '{tool.Name}' are not an array of strings.");
            }

            string[] slots = [.. tool.Value.EnumerateArray().Select(s => s.GetString()!)];
            if (slots.Length > MostSlotsPerTool || slots.Distinct().Count() != slots.Length)
            {
                throw new FormatException($"'{tool.Name}' must have at most {MostSlotsPerTool} slots, each once.");
            }

            tools.Add(new ExtractiveTool(tool.Name, slots));
        }

        return tools.Count > 0 && tools.DistinctBy(t => t.Name).Count() == tools.Count
            ? tools
            : throw new FormatException("at least one tool was expected, each once.");
    }
}
