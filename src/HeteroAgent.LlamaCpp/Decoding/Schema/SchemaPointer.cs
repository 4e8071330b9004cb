using System.Globalization;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>JSON Pointers (RFC 6901) in URI fragment form, as <c>$ref</c> uses them.</summary>
internal static class SchemaPointer
{
    /// <summary>A pointer one step further.</summary>
    public static string Append(string pointer, string token) =>
        $"{pointer}/{Uri.EscapeDataString(token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)).Replace("%24", "$", StringComparison.Ordinal)}";

    /// <summary>A pointer to an array's element.</summary>
    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    /// <summary>Follows a pointer.</summary>
    /// <param name="root">The document.</param>
    /// <param name="reference">The reference, which starts with #.</param>
    /// <param name="pointer">The same pointer in its canonical form.</param>
    /// <param name="target">What it points at.</param>
    /// <returns>Whether it points at anything.</returns>
    public static bool TryResolve(JsonElement root, string reference, out string pointer, out JsonElement target)
    {
        pointer = "#";
        target = root;
        string path = Uri.UnescapeDataString(reference[1..]);
        if (path.Length == 0)
        {
            return true;
        }

        if (path[0] != '/')
        {
            return false;
        }

        foreach (string part in path[1..].Split('/'))
        {
            string token = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty(token, out JsonElement value))
            {
                target = value;
            }
            else if (target.ValueKind == JsonValueKind.Array
                && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < target.GetArrayLength())
            {
                target = target[index];
            }
            else
            {
                return false;
            }

            pointer = Append(pointer, token);
        }

        return true;
    }
}
