using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeteroAgent;

internal static class SubtaskTypes
{
    public static JsonTypeInfo<T> Info<T>(JsonSerializerOptions options)
    {
        try
        {
            options.MakeReadOnly();
            return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"The serializer options do not know {typeof(T).Name}. Set SubtaskOptions.SerializerOptions to the options of a source-generated JsonSerializerContext with [JsonSerializable(typeof({typeof(T).Name}))].", e);
        }
    }

    /// <summary>A name that every provider takes: letters, digits, _ and -, at most 64.</summary>
    public static string Identifier(string name)
    {
        StringBuilder identifier = new();
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, 64)))
        {
            _ = identifier.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_');
        }

        return identifier.ToString();
    }
}
