using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes an example as one line in the "messages" form.</summary>
internal static class TuningLineWriter
{
    // Data for trainers, not part of a web page: letters of every script are written as they are.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line's bytes, without a line end.</summary>
    internal static ReadOnlyMemory<byte> Write(TuningExample example)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter writer = new(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("messages");
            foreach (ChatMessage message in example.Messages)
            {
                Write(writer, message);
            }

            writer.WriteEndArray();
            Write(writer, example.Tools);
            if (example.Key is { } key)
            {
                writer.WriteString("key", key);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, ChatMessage message)
    {
        if (message.Contents.FirstOrDefault(c => c is not (TextContent or FunctionCallContent or FunctionResultContent)) is { } foreign)
        {
            throw new UnsupportedContentException($"The {foreign.GetType().Name} of a turn of the role '{message.Role}'", "text, calls and results");
        }

        FunctionResultContent[] results = [.. message.Contents.OfType<FunctionResultContent>()];
        foreach (FunctionResultContent result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("role", "tool");
            writer.WriteString("tool_call_id", result.CallId);
            writer.WriteString("content", ToolPrompt.Write(result));
            writer.WriteEndObject();
        }

        FunctionCallContent[] calls = [.. message.Contents.OfType<FunctionCallContent>()];
        if (results.Length > 0 && calls.Length == 0 && message.Text.Length == 0)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role", message.Role.Value);
        if (message.Text.Length > 0 || calls.Length == 0)
        {
            writer.WriteString("content", message.Text);
        }
        else
        {
            writer.WriteNull("content");
        }

        Write(writer, calls);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, FunctionCallContent[] calls)
    {
        if (calls.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("tool_calls");
        foreach (FunctionCallContent call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.CallId);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", call.Name);

            // An object, as TRL and chat templates want it; readers take OpenAI's text as well.
            writer.WritePropertyName("arguments");
            JsonSerializer.Serialize(writer, call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        if (tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools");
        foreach (AIFunctionDeclaration tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            if (tool.Description.Length > 0)
            {
                writer.WriteString("description", tool.Description);
            }

            if (tool.JsonSchema.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName("parameters");
                tool.JsonSchema.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
