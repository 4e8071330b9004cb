using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary>Reads the JSON schema that a command names.</summary>
internal static class SchemaFile
{
    /// <exception cref="UsageException">The schema's file is not JSON.</exception>
    internal static JsonElement Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
                ? document.RootElement.Clone()
                : throw new UsageException($"The schema '{file}' holds {document.RootElement.ValueKind}; a JSON schema is an object.");
        }
        catch (JsonException e)
        {
            throw new UsageException($"The schema '{file}' is not JSON: {e.Message}");
        }
    }
}
