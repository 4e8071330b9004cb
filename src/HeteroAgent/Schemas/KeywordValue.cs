using System.Text.Json;

namespace HeteroAgent;

/// <summary>Reads the values of keywords, and refuses those of another kind.</summary>
internal static class KeywordValue
{
    public static string Text(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Expected("a string", value, pointer);

    public static int Count(JsonElement value, string pointer)
    {
        if (value.ValueKind != JsonValueKind.Number || ExactNumber.Parse(value.GetRawText()) is not { IsInteger: true } number || ExactNumber.Compare(number, default) < 0)
        {
            throw Expected("an integer of at least 0", value, pointer);
        }

        return value.TryGetInt32(out int count) ? count : value.GetDouble() < int.MaxValue ? (int)value.GetDouble() : int.MaxValue;
    }

    public static ExactNumber Number(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Number ? ExactNumber.Parse(value.GetRawText()) : throw Expected("a number", value, pointer);

    public static bool Flag(JsonElement value, string pointer) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false", value, pointer),
    };

    public static JsonElement[] List(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Expected("an array", value, pointer);

    public static string[] Names(JsonElement value, string pointer) =>
        [.. List(value, pointer).Select((v, i) => Text(v, $"{pointer}/{i}"))];

    public static JsonProperty[] Map(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject()] : throw Expected("an object", value, pointer);

    private static JsonSchemaException Expected(string what, JsonElement value, string pointer) => new(pointer, $"expected {what}, found {value.GetRawText()}.");
}
