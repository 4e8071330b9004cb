using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>The one call that answers an example, with the text values of its arguments in their order. What is no such call is a <see cref="FormatException"/>.</summary>
internal sealed record RequestedCall(TuningExample Example, string Request, string Tool, IReadOnlyList<(string Slot, string Value)> Values)
{
    internal static RequestedCall Read(TuningExample example)
    {
        if (example.Messages[^2].Role != ChatRole.User)
        {
            throw new FormatException($"the turn before the answer is of the role '{example.Messages[^2].Role}'; extraction reads a user's request");
        }

        FunctionCallContent[] calls = [.. example.Answer.Contents.OfType<FunctionCallContent>()];
        FunctionCallContent call = calls.Length switch
        {
            1 => calls[0],
            0 => FromText(example.Answer.Text) ?? throw new FormatException("the answer is no call; calls or {\"tool\": …, \"args\": {…}} were expected"),
            _ => throw new FormatException($"the answer has {calls.Length} calls; extraction makes one"),
        };
        return new RequestedCall(example, example.Messages[^2].Text, call.Name, [.. (call.Arguments ?? new Dictionary<string, object?>()).SelectMany(Value)]);
    }

    private static FunctionCallContent? FromText(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return ChatTurnReader.ReadCall(document.RootElement, "call_0", maxDepth: 64);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An argument that is null is one that is not there.</summary>
    private static IEnumerable<(string Slot, string Value)> Value(KeyValuePair<string, object?> argument) => argument.Value switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Null } => [],
        string text => [(argument.Key, Checked(argument.Key, text))],
        JsonElement { ValueKind: JsonValueKind.String } text => [(argument.Key, Checked(argument.Key, text.GetString()!))],
        JsonElement other => throw new FormatException($"the value of '{argument.Key}' is of the kind {other.ValueKind}; extraction gives one text a slot"),
        var other => throw new FormatException($"the value of '{argument.Key}' is a {other.GetType().Name}; extraction gives one text a slot"),
    };

    private static string Checked(string slot, string value) =>
        value.Length > 0 ? value : throw new FormatException($"the value of '{slot}' is empty; leave the slot out instead");
}
