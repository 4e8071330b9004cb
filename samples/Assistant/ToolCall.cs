using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Assistant;

/// <summary>A tool and its arguments. Two calls are exactly the same when the tool and all names and values are.</summary>
internal sealed record ToolCall(string Tool, IReadOnlyList<(string Name, string Value)> Args)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsExactly(ToolCall? other) =>
        other is not null && Tool == other.Tool && Args.Order().SequenceEqual(other.Args.Order());

    public JsonObject ToJson()
    {
        JsonObject args = [];
        foreach (IGrouping<string, string> values in Args.GroupBy(a => a.Name, a => a.Value))
        {
            args[values.Key] = values.Count() == 1 ? JsonValue.Create(values.First()) : new JsonArray([.. values.Select(v => JsonValue.Create(v))]);
        }

        return new JsonObject { ["tool"] = Tool, ["args"] = args };
    }

    public override string ToString() => ToJson().ToJsonString(Readable);

    /// <summary>The call in a response, or null where it holds none or an argument is no text.</summary>
    public static ToolCall? Read(ChatResponse? response)
    {
        FunctionCallContent? call = response?.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().FirstOrDefault();
        if (call is null || call.Exception is not null)
        {
            return null;
        }

        List<(string, string)> args = [];
        foreach ((string name, object? value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            switch (value)
            {
                case null or JsonElement { ValueKind: JsonValueKind.Null }:
                    break;
                case string text:
                    args.Add((name, text));
                    break;
                case JsonElement { ValueKind: JsonValueKind.String } element:
                    args.Add((name, element.GetString()!));
                    break;
                default:
                    return null;
            }
        }

        return new ToolCall(call.Name, args);
    }
}
