using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Reads from a response what a <see cref="ClassifyingChatClient"/> recorded.</summary>
public static class ChatResponseClassificationExtensions
{
    private const string Key = "heteroagent.out_of_scope";

    /// <summary>Tells whether the message was out of scope: unlike all that the classifier was trained on.</summary>
    /// <param name="response">The response to read.</param>
    /// <returns>Whether it was; <see langword="false"/> too where another client answered.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static bool IsOutOfScope(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return IsSet(response.AdditionalProperties) || (response.Messages.Count > 0 && IsSet(response.Messages[^1].AdditionalProperties));
    }

    internal static void SetOutOfScope(this AdditionalPropertiesDictionary properties, bool value) => properties[Key] = value;

    private static bool IsSet(AdditionalPropertiesDictionary? properties) =>
        properties?.TryGetValue(Key, out object? value) == true && value is true or JsonElement { ValueKind: JsonValueKind.True };
}
