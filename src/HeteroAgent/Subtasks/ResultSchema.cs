using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>The strict JSON Schema of a subtask's result: closed objects, nullable properties optional, a value that is no object wrapped.</summary>
internal sealed class ResultSchema
{
    private const string WrapperProperty = "value";

    private ResultSchema(JsonElement bare, JsonElement sent, bool isWrapped)
    {
        Bare = bare;
        Sent = sent;
        IsWrapped = isWrapped;
        Validator = new(sent);
    }

    /// <summary>The schema of the result itself.</summary>
    public JsonElement Bare { get; }

    /// <summary>The schema that the model is given; its root is always an object.</summary>
    public JsonElement Sent { get; }

    public bool IsWrapped { get; }

    public JsonSchemaValidator Validator { get; }

    public static ResultSchema Create(Type type, JsonSerializerOptions options)
    {
        JsonNode bare = JsonNode.Parse(AIJsonUtilities.CreateJsonSchema(type, serializerOptions: options,
            inferenceOptions: new() { TransformSchemaNode = static (context, node) => Mark(context, node) }).GetRawText())!;
        SchemaStrictness.Apply(bare);
        bool wrap = bare is not JsonObject o || !SchemaStrictness.IsObject(o);
        JsonElement own = Element(bare);
        if (!wrap)
        {
            return new(own, own, false);
        }

        JsonNode inner = bare.DeepClone();
        SchemaStrictness.MoveReferences(inner, "/properties/" + WrapperProperty);
        JsonObject wrapper = new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [WrapperProperty] = inner },
            ["required"] = new JsonArray(WrapperProperty),
            ["additionalProperties"] = false,
        };
        return new(own, Element(wrapper), true);
    }

    public string Write<T>(T value, JsonTypeInfo<T> info)
    {
        JsonNode? node = JsonSerializer.SerializeToNode(value, info);
        if (node is JsonObject o)
        {
            SchemaStrictness.DropNulls(o, Bare);
        }

        return CompactJson.Write(IsWrapped ? new JsonObject { [WrapperProperty] = node } : node);
    }

    /// <summary>The part of the model's answer that is the result.</summary>
    public JsonElement Unwrap(JsonElement answer) => IsWrapped ? answer.GetProperty(WrapperProperty) : answer;

    private static JsonNode Mark(AIJsonSchemaCreateContext context, JsonNode node)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type.IsEnum && node is JsonObject number && (number["type"]?.ToJsonString() ?? "").Contains("integer", StringComparison.Ordinal))
        {
            throw new ArgumentException($"The enum {type.Name} is written as a number by these serializer options, so its values would not be a closed set. Add JsonStringEnumConverter<{type.Name}>, or UseStringEnumConverter to the source-generated context.");
        }

        if (context.Path.IsEmpty || context.PropertyInfo is null || context.GetCustomAttribute<SpanAttribute>(inherit: true) is null || node is not JsonObject schema)
        {
            return node;
        }

        // The attribute of a collection's property is seen on the property, and its items are the spans.
        JsonObject target = schema["items"] as JsonObject ?? schema;
        string types = target["type"]?.ToJsonString() ?? "";
        string? format = target["format"]?.GetValue<string>();
        bool isText = types.Contains("\"string\"", StringComparison.Ordinal) && (format is null || SpanValues.OfFormat(format) is not null);
        bool isNumber = types.Contains("\"number\"", StringComparison.Ordinal) || types.Contains("\"integer\"", StringComparison.Ordinal);
        if (!isText && !isNumber)
        {
            throw new ArgumentException($"[Span] stands on {context.DeclaringType?.Name}.{context.PropertyInfo.Name}, whose schema is {schema.ToJsonString()}; only a string, a number, a date, a time, or a collection of one of these can be a span of the input.");
        }

        target["x-span"] = true;
        return schema;
    }

    private static JsonElement Element(JsonNode node)
    {
        using JsonDocument document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }
}
