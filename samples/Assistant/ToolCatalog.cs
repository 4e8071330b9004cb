using System.Text.Json;
using System.Text.Json.Nodes;
using HeteroAgent;
using HeteroAgent.LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>The tools that every model of the sample is offered, and how a call of them is asked for.</summary>
internal sealed class ToolCatalog
{
    private const string Instructions = "Turn the user's request into one tool call. Copy every value from the request, character by character, and leave out what it does not say.";
    private readonly Dictionary<string, JsonSchemaValidator> _validators = [];

    public ToolCatalog(IReadOnlyList<ExtractiveTool> tools)
    {
        foreach (ExtractiveTool tool in tools)
        {
            JsonElement schema = Schema(tool);
            _validators[tool.Name] = new JsonSchemaValidator(schema);
            Tools.Add(AIFunctionFactory.CreateDeclaration(tool.Name, Describe(tool.Name), schema));
        }
    }

    public IList<AITool> Tools { get; } = [];

    public static ChatMessage[] Messages(string request) => [new(ChatRole.System, Instructions), new(ChatRole.User, request)];

    public ChatOptions Options() => new() { Tools = Tools, ToolMode = ChatToolMode.RequireAny, Temperature = 0, MaxOutputTokens = 256 };

    /// <summary>Whether a call is of a known tool, with arguments that it has and values that the request holds.</summary>
    public bool IsValid(ToolCall? call, string request) =>
        call is not null
        && _validators.TryGetValue(call.Tool, out JsonSchemaValidator? validator)
        && validator.Validate(call.ToJson()["args"]!.ToJsonString(), request).Count == 0;

    private static string Describe(string tool) => tool switch
    {
        "AddToPlaylist" => "Add a song, album or artist to a playlist.",
        "BookRestaurant" => "Book a table in a restaurant.",
        "GetWeather" => "Tell the weather of a place and time.",
        "PlayMusic" => "Play music.",
        "RateBook" => "Rate a book.",
        "SearchCreativeWork" => "Look for a creative work such as a film, a song, a game or a book.",
        "SearchScreeningEvent" => "Find where and when a film is shown.",
        _ => tool,
    };

    private static JsonElement Schema(ExtractiveTool tool)
    {
        JsonObject properties = [];
        foreach (string slot in tool.Slots)
        {
            properties[slot] = new JsonObject { ["type"] = "string", ["x-span"] = true };
        }

        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        return JsonDocument.Parse(schema.ToJsonString()).RootElement;
    }
}
