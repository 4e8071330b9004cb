using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Where one kind of record stands among additional properties, and how it is read from them: as the object that was written, or as the JSON that a cache or a store made of it.</summary>
internal sealed class ResponseRecord<T>(string key, Func<JsonTypeInfo<T>> typeInfo)
    where T : class
{
    public string Key { get; } = key;

    /// <summary>Reads the record. What is malformed counts as absent: it may come from a foreign cache, and no policy may fail of it.</summary>
    public T? Read(IReadOnlyDictionary<string, object?>? properties)
    {
        if (properties is null || !properties.TryGetValue(Key, out object? value))
        {
            return null;
        }

        try
        {
            return value switch
            {
                T record => record,
                JsonElement element => element.Deserialize(typeInfo()),
                JsonDocument document => document.Deserialize(typeInfo()),
                System.Text.Json.Nodes.JsonNode node => node.Deserialize(typeInfo()),
                string json => JsonSerializer.Deserialize(json, typeInfo()),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or NotSupportedException or FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Reads the record of a response, which stands on itself or on its last message.</summary>
    public T? Read(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Read(response.AdditionalProperties) ?? (response.Messages.Count > 0 ? Read(response.Messages[^1].AdditionalProperties) : null);
    }

    public void Write(AdditionalPropertiesDictionary properties, T? record) => properties[Key] = record;
}
