using System.Text.Json;
using HeteroAgent;

namespace SupportDesk;

/// <summary>Reads the bank's documents.</summary>
internal static class Documents
{
    public static IEnumerable<SourceDocument> Load(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.json");
        if (files.Length == 0)
        {
            throw new SupportDeskException($"There is no .json file in '{folder}' (--documents).");
        }

        return files.Order(StringComparer.Ordinal).Select(Read);
    }

    private static SourceDocument Read(string file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            return new(Text("id"), Text("title"), Text("content"));

            string Text(string name) => json.RootElement.GetProperty(name).GetString() ?? throw new SupportDeskException($"'{file}': \"{name}\" is null.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SupportDeskException($"'{file}' is no document; it needs one JSON object with the texts id, title and content. ({e.Message})", e);
        }
    }
}
