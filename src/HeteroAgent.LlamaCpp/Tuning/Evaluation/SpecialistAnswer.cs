using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>An answer in the form in which it is compared: calls, else JSON, else text.</summary>
internal sealed record SpecialistAnswer(IReadOnlyList<(string Tool, JsonElement Arguments)>? Calls, JsonElement? Json, string Text)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    internal static SpecialistAnswer Read(IEnumerable<ChatMessage> messages)
    {
        AIContent[] contents = [.. messages.SelectMany(m => m.Contents)];
        FunctionCallContent[] calls = [.. contents.OfType<FunctionCallContent>()];
        string text = string.Concat(contents.OfType<TextContent>().Select(t => t.Text)).Trim();
        return calls.Length > 0 ? new SpecialistAnswer([.. calls.Select(Call)], null, text) : FromText(text);
    }

    /// <summary>Whether two answers say the same. Members of objects have no order, numbers no spelling, and an argument that is null is one left out.</summary>
    internal bool SameAs(SpecialistAnswer other) =>
        Calls is not null ? other.Calls is not null && Calls.Count == other.Calls.Count && Calls.Zip(other.Calls).All(p => p.First.Tool == p.Second.Tool && SameFields(p.First.Arguments, p.Second.Arguments))
        : Json is { } json ? other.Json is { } otherJson && JsonElement.DeepEquals(json, otherJson)
        : other.Calls is null && other.Json is null && Text == other.Text;

    internal bool? SameTools(SpecialistAnswer answered) =>
        Calls is null ? null : answered.Calls is not null && Calls.Select(c => c.Tool).SequenceEqual(answered.Calls.Select(c => c.Tool));

    /// <summary>The fields of this, the expected answer, and of another, and which are the same.</summary>
    internal IReadOnlyList<(string Name, bool Expected, bool Right)> Compare(SpecialistAnswer? answered)
    {
        List<(string, bool, bool)> fields = [];
        IReadOnlyList<JsonElement> expected = Objects();
        IReadOnlyList<JsonElement> found = answered?.Objects() ?? [];
        for (int i = 0; i < expected.Count; i++)
        {
            JsonElement other = i < found.Count ? found[i] : default;
            fields.AddRange(Members(expected[i]).Select(m => (m.Name, true, Same(other, m))));
            fields.AddRange(Members(other).Where(m => !Has(expected[i], m.Name)).Select(m => (m.Name, false, false)));
        }

        return fields;
    }

    public override string ToString() =>
        Calls is not null ? string.Join('\n', Calls.Select(c => $"{c.Tool} {c.Arguments.GetRawText()}")) : Text;

    private static bool SameFields(JsonElement expected, JsonElement found) =>
        Members(expected).All(m => Same(found, m)) && Members(found).All(m => Has(expected, m.Name));

    private static bool Same(JsonElement found, JsonProperty member) =>
        found.ValueKind == JsonValueKind.Object && found.TryGetProperty(member.Name, out JsonElement value) && JsonElement.DeepEquals(value, member.Value);

    private static bool Has(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private static IEnumerable<JsonProperty> Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null) : [];

    private static SpecialistAnswer FromText(string text)
    {
        if (!text.StartsWith('{') && !text.StartsWith('['))
        {
            return new SpecialistAnswer(null, null, text);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Strict);
            JsonElement root = document.RootElement.Clone();
            return Calling(root) is { } call ? new SpecialistAnswer([Call(call)], null, text) : new SpecialistAnswer(null, root, text);
        }
        catch (JsonException)
        {
            return new SpecialistAnswer(null, null, text);
        }
    }

    private static FunctionCallContent? Calling(JsonElement root)
    {
        try
        {
            return ChatTurnReader.ReadCall(root, "call_0", maxDepth: 64);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static (string Tool, JsonElement Arguments) Call(FunctionCallContent call) =>
        (call.Name, JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>))));

    private IReadOnlyList<JsonElement> Objects() => Calls is not null ? [.. Calls.Select(c => c.Arguments)] : Json is { ValueKind: JsonValueKind.Object } json ? [json] : [];
}
