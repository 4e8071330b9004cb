using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The generic JSON form in which tools are offered, called and answered: <c>{"name":…,"arguments":{…}}</c>.</summary>
internal static class ToolPrompt
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The part of the system prompt that offers the tools.</summary>
    internal static string Describe(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        StringBuilder text = new("You can call these functions:");
        foreach (AIFunctionDeclaration tool in tools)
        {
            text.Append('\n').Append(Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", tool.Name);
                if (!string.IsNullOrEmpty(tool.Description))
                {
                    writer.WriteString("description", tool.Description);
                }

                writer.WritePropertyName("parameters");
                tool.JsonSchema.WriteTo(writer);
                writer.WriteEndObject();
            }));
        }

        return text.Append("\nTo call one, answer with nothing but {\"name\":<function>,\"arguments\":{<parameter>:<value>}}.").ToString();
    }

    /// <summary>A call as the model would have written it.</summary>
    internal static string Write(FunctionCallContent call) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", call.Name);
        writer.WritePropertyName("arguments");
        JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))).WriteTo(writer);
        writer.WriteEndObject();
    });

    /// <summary>A tool's result as the model reads it.</summary>
    internal static string Write(FunctionResultContent result) => result.Result switch
    {
        null => "null",
        string text => text,
        var value => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))),
    };

    /// <summary>Reads a call, or an array of calls; null where the text is none.</summary>
    internal static List<FunctionCallContent>? Parse(string text, IReadOnlyCollection<string> names)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || trimmed[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(trimmed.ToString(), new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonElement root = document.RootElement;
            List<FunctionCallContent> calls = [];
            foreach (JsonElement call in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root })
            {
                if (call.ValueKind != JsonValueKind.Object
                    || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String || !names.Contains(name.GetString()!)
                    || !call.TryGetProperty("arguments", out JsonElement arguments) || arguments.ValueKind != JsonValueKind.Object)
                {
                    return null;
                }

                Dictionary<string, object?> values = arguments.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value.Clone(), StringComparer.Ordinal);
                calls.Add(new FunctionCallContent($"call_{Guid.NewGuid():N}", name.GetString()!, values));
            }

            return calls.Count > 0 ? calls : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Compact))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
