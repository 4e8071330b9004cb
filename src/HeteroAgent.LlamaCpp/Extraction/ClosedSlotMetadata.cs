using System.Text;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>Closed slots as the metadata of a model keeps them: an object of tool names with objects of slot names with arrays of members.</summary>
internal static class ClosedSlotMetadata
{
    internal const string Key = "extract.closed";

    /// <summary>Every slot takes a place behind every request.</summary>
    internal const int MostSlots = 256;

    internal static string Write(IEnumerable<ClosedSlot> slots)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            foreach (IGrouping<string, ClosedSlot> tool in slots.GroupBy(s => s.Tool, StringComparer.Ordinal))
            {
                writer.WriteStartObject(tool.Key);
                foreach (ClosedSlot slot in tool)
                {
                    writer.WriteStartArray(slot.Slot);
                    foreach (string member in slot.Members)
                    {
                        writer.WriteStringValue(member);
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The closed slots in the order of the tools, and of the metadata within each.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="FormatException">It is not of this form, or names what is no tool, what is a slot already, or something twice.</exception>
    internal static List<ClosedSlot> Parse(string json, IReadOnlyList<ExtractiveTool> tools)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        HashSet<string> named = new(StringComparer.Ordinal);
        List<ClosedSlot> slots = [];
        foreach (JsonProperty tool in Members(document.RootElement, "an object of tool names was expected."))
        {
            ExtractiveTool known = tools.FirstOrDefault(t => t.Name == tool.Name) ?? throw new FormatException($"'{tool.Name}' is no tool of the model.");
            Require(named.Add(tool.Name), $"'{tool.Name}' stands there twice.");
            HashSet<string> taken = new(known.Slots, StringComparer.Ordinal);
            foreach (JsonProperty slot in Members(tool.Value, $"the closed slots of '{tool.Name}' are not an object."))
            {
                Require(taken.Add(slot.Name), $"the slot '{slot.Name}' of '{tool.Name}' stands there twice or is a slot of words as well.");
                slots.Add(new ClosedSlot(tool.Name, slot.Name, ParseMembers(slot)));
                Require(slots.Count <= MostSlots, $"there are more than {MostSlots} closed slots.");
            }
        }

        return [.. tools.SelectMany(t => slots.Where(s => s.Tool == t.Name))];
    }

    private static string[] ParseMembers(JsonProperty slot)
    {
        Require(slot.Value.ValueKind == JsonValueKind.Array && slot.Value.GetArrayLength() is >= 1 and <= ClosedSlot.MostMembers, $"the members of '{slot.Name}' are not an array of 1 to {ClosedSlot.MostMembers}.");
        Require(slot.Value.EnumerateArray().All(m => m.ValueKind == JsonValueKind.String), $"the members of '{slot.Name}' are not all strings.");
        string[] members = [.. slot.Value.EnumerateArray().Select(m => m.GetString()!)];
        Require(members.All(m => m.Length > 0) && members.Distinct(StringComparer.Ordinal).Count() == members.Length, $"a member of '{slot.Name}' is empty or stands there twice.");
        return members;
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string otherwise)
    {
        Require(element.ValueKind == JsonValueKind.Object, otherwise);
        return element.EnumerateObject();
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }
}
