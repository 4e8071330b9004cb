using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes strings as JSON without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class JsonTextContext : JsonSerializerContext
{
    // A chat answer is no web page, and its text should stay readable.
    internal static JsonTextContext Relaxed { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
