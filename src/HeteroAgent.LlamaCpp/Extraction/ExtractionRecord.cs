using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Where the spans of an extraction stand among additional properties: as JSON, which every serializer knows how to write.</summary>
internal sealed record ExtractionRecord(IReadOnlyList<ExtractedSpan> Spans)
{
    private static readonly ResponseRecord<ExtractionRecord> Slot = new("heteroagent.extraction", static () => ExtractionJsonContext.Default.ExtractionRecord);

    public static void Write(AdditionalPropertiesDictionary properties, IReadOnlyList<ExtractedSpan> spans) =>
        properties[Slot.Key] = JsonSerializer.SerializeToElement(new(spans), ExtractionJsonContext.Default.ExtractionRecord);

    public static IReadOnlyList<ExtractedSpan> Read(ChatResponse response) =>
        Slot.Read(response)?.Spans is { } spans && !spans.Contains(null!) ? spans : [];
}

/// <summary>The serializer of the record.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExtractionRecord))]
internal sealed partial class ExtractionJsonContext : JsonSerializerContext;
