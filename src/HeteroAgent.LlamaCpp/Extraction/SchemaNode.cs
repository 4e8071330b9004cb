using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>A place in a JSON schema, with references resolved. It is only read for what belongs where; the answer is checked against the whole schema afterwards.</summary>
internal readonly struct SchemaNode
{
    private const int MostReferences = 16;
    private readonly JsonElement _root;
    private readonly JsonElement _node;

    internal SchemaNode(JsonElement root)
        : this(root, root)
    {
    }

    private SchemaNode(JsonElement root, JsonElement node)
    {
        _root = root;
        for (int i = 0; i < MostReferences && Get(node, "$ref") is { ValueKind: JsonValueKind.String } reference; i++)
        {
            node = Resolve(root, reference.GetString()!);
        }

        _node = node;
    }

    /// <summary>The alternatives of <c>anyOf</c> and <c>oneOf</c> that are not null, or this node itself.</summary>
    internal IEnumerable<SchemaNode> Alternatives()
    {
        SchemaNode self = this;
        JsonElement? choices = Get(_node, "anyOf") ?? Get(_node, "oneOf");
        return choices is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select(a => new SchemaNode(self._root, a)).Where(a => !a.IsOnlyNull).SelectMany(a => a.Alternatives())
            : [self];
    }

    internal IEnumerable<(string Name, SchemaNode Schema)> Properties()
    {
        SchemaNode self = this;
        return Get(_node, "properties") is { ValueKind: JsonValueKind.Object } properties
            ? properties.EnumerateObject().Select(p => (p.Name, new SchemaNode(self._root, p.Value)))
            : [];
    }

    internal bool Requires(string property) =>
        Get(_node, "required") is { ValueKind: JsonValueKind.Array } required
        && required.EnumerateArray().Any(r => r.ValueKind == JsonValueKind.String && r.GetString() == property);

    internal bool HasProperties => Get(_node, "properties") is { ValueKind: JsonValueKind.Object };

    internal bool AllowsNull => Types().Contains("null") || (Get(_node, "anyOf") ?? Get(_node, "oneOf")) is { ValueKind: JsonValueKind.Array } a && HasNull(a);

    /// <summary>Whether a string may stand here, as far as its type says.</summary>
    internal bool AllowsString => Alternatives().Any(a => a.Types() is var types && (types.Contains("string") || (types.Count == 0 && !a.HasProperties)));

    /// <summary>The strings of <c>enum</c> and <c>const</c>, of all alternatives.</summary>
    internal IReadOnlyList<string> Choices() => [.. Alternatives().SelectMany(a => a.OwnChoices())];

    private bool IsOnlyNull => Types() is ["null"];

    private static bool HasNull(JsonElement alternatives) =>
        alternatives.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("type", out JsonElement t) && t.ValueKind == JsonValueKind.String && t.GetString() == "null");

    private static JsonElement? Get(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonElement Resolve(JsonElement root, string reference)
    {
        JsonElement at = root;
        foreach (string part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Get(at, name) is not { } next)
            {
                return default;
            }

            at = next;
        }

        return at;
    }

    private List<string> Types() => Get(_node, "type") switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } many => [.. many.EnumerateArray().Select(t => t.ToString())],
        _ => [],
    };

    private IEnumerable<string> OwnChoices()
    {
        IEnumerable<string> members = Get(_node, "enum") is { ValueKind: JsonValueKind.Array } set
            ? set.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)
            : [];
        return Get(_node, "const") is { ValueKind: JsonValueKind.String } only ? [only.GetString()!, .. members] : members;
    }
}
