using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads turns and tools in the form of OpenAI's chat messages, as TRL, Unsloth and NeMo write them. What cannot be read is a <see cref="FormatException"/>.</summary>
internal static class ChatTurnReader
{
    internal static List<ChatMessage> Read(JsonElement turns, int maxDepth)
    {
        if (turns.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("the turns are no array of messages");
        }

        List<ChatMessage> messages = [];
        List<string> open = [];
        foreach (JsonElement turn in turns.EnumerateArray())
        {
            string place = $"turn {messages.Count + 1}";
            ChatRole role = Role(turn, place);
            messages.Add(role == ChatRole.Tool ? Result(turn, open, place) : new ChatMessage(role, Contents(turn, role, open, place, maxDepth)));
        }

        return messages;
    }

    internal static IReadOnlyList<AIFunctionDeclaration> ReadTools(JsonElement tools, int maxDepth)
    {
        // Column stores keep one type a column, so tools are often written as text.
        tools = tools.ValueKind == JsonValueKind.String ? ParseText(tools.GetString()!, "\"tools\"", maxDepth) : tools;
        return tools.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => [],
            JsonValueKind.Array => [.. tools.EnumerateArray().Select(Tool)],
            _ => throw new FormatException("\"tools\" is no array"),
        };
    }

    /// <summary>A call as <c>{"name": …, "arguments": …}</c> or <c>{"tool": …, "args": …}</c>, or null where the element is neither.</summary>
    internal static FunctionCallContent? ReadCall(JsonElement call, string id, int maxDepth)
    {
        if ((Get(call, "tool") ?? Get(call, "name")) is not { ValueKind: JsonValueKind.String } name || (Get(call, "args") ?? Get(call, "arguments")) is not { } arguments)
        {
            return null;
        }

        arguments = arguments.ValueKind == JsonValueKind.String
            ? ParseText(string.IsNullOrWhiteSpace(arguments.GetString()) ? "{}" : arguments.GetString()!, "the arguments of a call", maxDepth)
            : arguments;
        return string.IsNullOrWhiteSpace(name.GetString()) ? throw new FormatException("a call names no tool")
            : arguments.ValueKind is JsonValueKind.Null ? new FunctionCallContent(id, name.GetString()!, new Dictionary<string, object?>())
            : arguments.ValueKind is not JsonValueKind.Object ? throw new FormatException($"the arguments of the call of '{name.GetString()}' are no object")
            : new FunctionCallContent(id, name.GetString()!, arguments.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value.Clone()));
    }

    internal static JsonElement? Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static ChatRole Role(JsonElement turn, string place) => Get(turn, "role") is { ValueKind: JsonValueKind.String } role
        ? role.GetString() switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "tool" => ChatRole.Tool,
            var other => throw new FormatException($"{place} has the role '{other}'; system, user, assistant and tool are known"),
        }
        : throw new FormatException($"{place} has no \"role\"");

    private static List<AIContent> Contents(JsonElement turn, ChatRole role, List<string> open, string place, int maxDepth)
    {
        List<AIContent> contents = [];
        if (Text(turn, place) is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        if (Get(turn, "tool_calls") is { ValueKind: not JsonValueKind.Null } calls)
        {
            if (role != ChatRole.Assistant || calls.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException($"{place}: \"tool_calls\" is {(role == ChatRole.Assistant ? "no array" : "not the assistant's")}");
            }

            open.Clear();
            foreach (JsonElement call in calls.EnumerateArray())
            {
                string id = Get(call, "id") is { ValueKind: JsonValueKind.String } own ? own.GetString()! : string.Create(CultureInfo.InvariantCulture, $"call_{open.Count}");
                contents.Add(ReadCall(Get(call, "function") ?? call, id, maxDepth) ?? throw new FormatException($"{place}: a call has no \"name\" and \"arguments\""));
                open.Add(id);
            }
        }

        return contents;
    }

    /// <summary>A tool's result; one without an id answers the first call that is still open.</summary>
    private static ChatMessage Result(JsonElement turn, List<string> open, string place)
    {
        string id = Get(turn, "tool_call_id") is { ValueKind: JsonValueKind.String } own ? own.GetString()!
            : open.Count > 0 ? open[0]
            : throw new FormatException($"{place}: a tool's result answers no call");
        open.Remove(id);
        return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, Text(turn, place) ?? "")]);
    }

    private static string? Text(JsonElement turn, string place) => Get(turn, "content") switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(p => Part(p, place))),
        _ => throw new FormatException($"{place}: \"content\" is neither text nor an array of parts"),
    };

    private static string Part(JsonElement part, string place) =>
        part.ValueKind == JsonValueKind.String ? part.GetString()!
        : Get(part, "text") is { ValueKind: JsonValueKind.String } text ? text.GetString()!
        : throw new FormatException($"{place}: a part of the content is of the type '{Get(part, "type")}'; only text is read");

    private static AIFunctionDeclaration Tool(JsonElement tool)
    {
        JsonElement function = Get(tool, "function") ?? tool;
        JsonElement parameters = Get(function, "parameters") is { ValueKind: JsonValueKind.Object } own ? own.Clone() : default;
        return Get(function, "name") is { ValueKind: JsonValueKind.String } name && !string.IsNullOrWhiteSpace(name.GetString())
            ? AIFunctionFactory.CreateDeclaration(name.GetString()!, Get(function, "description") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null, parameters)
            : throw new FormatException("a tool has no \"name\"");
    }

    private static JsonElement ParseText(string json, string what, int maxDepth)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new FormatException($"{what} are no JSON: {e.Message}", e);
        }
    }
}
