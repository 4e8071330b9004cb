using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>A member of the JSON object that answers a call.</summary>
internal abstract record AnswerMember(string Name)
{
    /// <summary>The tool's name, as the schema spells it.</summary>
    internal sealed record Tool(string Name, string Value) : AnswerMember(Name);

    /// <summary>The value of a slot; written as null where it was not found and the schema wants it there.</summary>
    internal sealed record Slot(string Name, string SlotName, bool NullWhenMissing, IReadOnlyList<string> Choices) : AnswerMember(Name)
    {
        /// <summary>The closed set's own spelling of a value, or the value.</summary>
        internal string Spell(string value) => Choices.FirstOrDefault(c => c == value) ?? Choices.FirstOrDefault(c => c.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? value;
    }

    /// <summary>An object within, such as the arguments.</summary>
    internal sealed record Nested(string Name, IReadOnlyList<AnswerMember> Members) : AnswerMember(Name);

    internal static void Write(Utf8JsonWriter writer, IReadOnlyList<AnswerMember> members, Extraction extraction)
    {
        writer.WriteStartObject();
        foreach (AnswerMember member in members)
        {
            switch (member)
            {
                case Tool tool:
                    writer.WriteString(tool.Name, tool.Value);
                    break;
                case Nested nested:
                    writer.WritePropertyName(nested.Name);
                    Write(writer, nested.Members, extraction);
                    break;
                case Slot slot when extraction.ValueOf(slot.SlotName) is { } value:
                    writer.WriteString(slot.Name, slot.Spell(value));
                    break;
                case Slot { NullWhenMissing: true }:
                    writer.WriteNull(member.Name);
                    break;
            }
        }

        writer.WriteEndObject();
    }
}
