using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp;

/// <summary>How a call of one tool is written for the caller. Immutable and thread-safe.</summary>
/// <param name="Tool">The tool's number in the schema.</param>
/// <param name="Members">The members of the answer in their order.</param>
internal sealed record AnswerShape(int Tool, IReadOnlyList<AnswerMember> Members)
{
    // The answer is data for a program, not part of a web page: letters of every script are written as they are.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The form used where the caller names none: <c>{"tool":…,"args":{…}}</c>.</summary>
    internal static AnswerShape[] Plain(ExtractionSchema schema) =>
        [.. schema.Tools.Select((tool, t) => new AnswerShape(
            t,
            [new AnswerMember.Tool("tool", tool.Name), new AnswerMember.Nested("args", Slots(tool))]))];

    /// <summary>The slots of a tool under their own names, each optional.</summary>
    internal static AnswerMember[] Slots(ExtractiveTool tool) =>
        [.. tool.AllSlots.Select(slot => new AnswerMember.Slot(slot, slot, NullWhenMissing: false, []))];

    internal string Write(Extraction extraction)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter writer = new(buffer, Compact))
        {
            AnswerMember.Write(writer, Members, extraction);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
