using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>A tool call's arguments as JSON.</summary>
internal static class ToolArguments
{
    public static JsonElement ToJson(IDictionary<string, object?>? arguments)
    {
        JsonTypeInfo info = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>));
        return JsonSerializer.SerializeToElement(arguments ?? new Dictionary<string, object?>(), info);
    }
}
