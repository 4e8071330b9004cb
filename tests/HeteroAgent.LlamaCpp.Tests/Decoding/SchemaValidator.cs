using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>An independent validator for the keywords that generated schemas use. Objects with <c>properties</c> have no others, as constrained output has it.</summary>
internal sealed class SchemaValidator
{
    private readonly JsonNode _root;
    private readonly List<(JsonNode? Value, JsonNode Schema)> _open = [];

    private SchemaValidator(JsonNode root) => _root = root;

    public static bool IsValid(JsonNode? value, JsonNode? schema, JsonNode root) => new SchemaValidator(root).IsValid(value, schema);

    private bool IsValid(JsonNode? value, JsonNode? schema)
    {
        if (schema is JsonValue flag)
        {
            return flag.GetValue<bool>();
        }

        // A schema that comes back to itself on the same value adds nothing.
        JsonObject rules = schema!.AsObject();
        if (_open.Exists(o => ReferenceEquals(o.Value, value) && ReferenceEquals(o.Schema, rules)))
        {
            return false;
        }

        _open.Add((value, rules));
        bool valid = HoldsAll(value, rules);
        _open.RemoveAt(_open.Count - 1);
        return valid;
    }

    private bool HoldsAll(JsonNode? value, JsonObject rules)
    {
        foreach ((string keyword, JsonNode? rule) in rules)
        {
            bool holds = keyword switch
            {
                "type" => rule is JsonArray list ? list.Any(t => HasType(value, t!.GetValue<string>())) : HasType(value, rule!.GetValue<string>()),
                "enum" => rule!.AsArray().Any(e => JsonNode.DeepEquals(e, value)),
                "const" => JsonNode.DeepEquals(rule, value),
                "anyOf" => rule!.AsArray().Any(b => IsValid(value, b)),
                "$ref" => IsValid(value, Find(_root, rule!.GetValue<string>())),
                "minLength" => !IsText(value, out string text) || text.EnumerateRunes().Count() >= rule!.GetValue<int>(),
                "maxLength" => !IsText(value, out string text) || text.EnumerateRunes().Count() <= rule!.GetValue<int>(),
                "minItems" => value is not JsonArray items || items.Count >= rule!.GetValue<int>(),
                "maxItems" => value is not JsonArray items || items.Count <= rule!.GetValue<int>(),
                "items" => value is not JsonArray items || items.All(i => IsValid(i, rule)),
                "required" => value is not JsonObject o || rule!.AsArray().All(n => o.ContainsKey(n!.GetValue<string>())),
                "properties" => value is not JsonObject o || o.All(p => rule!.AsObject().ContainsKey(p.Key) && IsValid(p.Value, rule[p.Key])),
                "additionalProperties" => rule!.GetValue<bool>() || rules.ContainsKey("properties") || value is not JsonObject { Count: > 0 },
                "$defs" or "description" => true,
                _ => throw new NotSupportedException(keyword),
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasType(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => IsText(value, out _),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() is JsonValueKind.Number && double.IsFinite(value.GetValue<double>()),
        _ => value?.GetValueKind() is JsonValueKind.Number && value.AsValue().TryGetValue(out long _),
    };

    private static bool IsText(JsonNode? value, out string text)
    {
        text = value?.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : "";
        return value?.GetValueKind() is JsonValueKind.String;
    }

    private static JsonNode? Find(JsonNode root, string reference) =>
        reference == "#" ? root : root["$defs"]![reference["#/$defs/".Length..]];
}
