using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace HeteroAgent;

/// <summary>JSON as a model should read it: no white space, and no escapes that JSON does not ask for.</summary>
internal static class CompactJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write<T>(T value, JsonTypeInfo<T> info) => Write(writer => JsonSerializer.Serialize(writer, value, info));

    public static string Write(object value, JsonTypeInfo info) => Write(writer => JsonSerializer.Serialize(writer, value, info));

    public static string Write(JsonNode? node) => Write(writer =>
    {
        if (node is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            node.WriteTo(writer);
        }
    });

    public static string Write(JsonElement element) => Write(element.WriteTo);

    private static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
