using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads one line of a tuning set in any of its forms. What cannot be used is a <see cref="FormatException"/> whose message is the reason.</summary>
internal static class TuningLineReader
{
    private static readonly string[] CompletionNames = ["completion", "answer", "response"];

    internal static TuningExample Read(ReadOnlyMemory<byte> line, int number, int maxDepth)
    {
        if (!Utf8.IsValid(line.Span))
        {
            throw new FormatException("it is not UTF-8 text");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
            return Read(document.RootElement, number, maxDepth);
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON, or nested too deeply: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Text that cannot be had: half of a surrogate pair, escaped.
            throw new FormatException($"it holds a text that is no Unicode: {e.Message}", e);
        }
    }

    private static TuningExample Read(JsonElement root, int number, int maxDepth)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        List<ChatMessage> messages = Messages(root, maxDepth);
        if (TuningExample.Problem(messages) is { } problem)
        {
            throw new FormatException(problem);
        }

        return new TuningExample(messages)
        {
            Line = number,
            Key = Member(root, "key") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } key ? key.ToString() : null,
            Tools = Member(root, "tools") is { } tools ? ChatTurnReader.ReadTools(tools, maxDepth) : [],
        };
    }

    private static List<ChatMessage> Messages(JsonElement root, int maxDepth)
    {
        if (Member(root, "messages") is { } messages)
        {
            return ChatTurnReader.Read(messages, maxDepth);
        }

        if (Member(root, "prompt") is { } prompt)
        {
            JsonElement completion = CompletionNames.Select(n => Member(root, n)).FirstOrDefault(m => m is not null) ?? throw new FormatException("it has a \"prompt\" and no \"completion\", \"answer\" or \"response\"");
            return [.. Turns(prompt, ChatRole.User, maxDepth), .. Turns(completion, ChatRole.Assistant, maxDepth)];
        }

        if (Member(root, "request") is { } request)
        {
            JsonElement call = Member(root, "call") ?? throw new FormatException("it has a \"request\" and no \"call\"");
            AIContent content = ChatTurnReader.ReadCall(call, "call_0", maxDepth) ?? throw new FormatException("its \"call\" is no object with \"tool\" and \"args\", or \"name\" and \"arguments\"");
            return [new ChatMessage(ChatRole.User, String(request, "request")), new ChatMessage(ChatRole.Assistant, [content])];
        }

        if (Member(root, "text") is { } text)
        {
            JsonElement label = Member(root, "label") ?? throw new FormatException("it has a \"text\" and no \"label\"");
            return label.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? throw new FormatException("its \"label\" is no single value")
                : [new ChatMessage(ChatRole.User, String(text, "text")), new ChatMessage(ChatRole.Assistant, label.ValueKind == JsonValueKind.String ? label.GetString() : label.GetRawText())];
        }

        if (Member(root, "instruction") is { } instruction)
        {
            JsonElement output = Member(root, "output") ?? throw new FormatException("it has an \"instruction\" and no \"output\"");
            string input = Member(root, "input") is { } given ? String(given, "input") : "";
            string asked = String(instruction, "instruction");
            return [new ChatMessage(ChatRole.User, string.IsNullOrWhiteSpace(input) ? asked : $"{asked}\n\n{input}"), .. Turns(output, ChatRole.Assistant, maxDepth)];
        }

        throw new FormatException("it has none of the known forms: \"messages\"; \"prompt\" with \"completion\", \"answer\" or \"response\"; \"request\" with \"call\"; \"text\" with \"label\"; \"instruction\" with \"output\"");
    }

    /// <summary>A text is one turn; an array holds turns; an object is a call, or an answer in JSON.</summary>
    private static List<ChatMessage> Turns(JsonElement value, ChatRole role, int maxDepth) => value.ValueKind switch
    {
        JsonValueKind.Array => ChatTurnReader.Read(value, maxDepth),
        JsonValueKind.String => [new ChatMessage(role, value.GetString())],
        JsonValueKind.Object when role == ChatRole.Assistant && ChatTurnReader.ReadCall(value, "call_0", maxDepth) is { } call => [new ChatMessage(role, [call])],
        _ => [new ChatMessage(role, value.GetRawText())],
    };

    private static string String(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"its \"{name}\" is no text");

    private static JsonElement? Member(JsonElement root, string name) =>
        ChatTurnReader.Get(root, name) is { ValueKind: not JsonValueKind.Null } value ? value : null;
}
