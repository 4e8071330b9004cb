using System.Globalization;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes an extracted call as a chat response.</summary>
internal static class ExtractionAnswer
{
    internal static ChatResponse Create(ExtractiveModel model, ExtractionPlan plan, Extraction extraction, bool withLogprobs)
    {
        (AnswerShape shape, string json) = plan.Write(model.Schema, extraction);
        string id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        AIContent content = plan.AsCall
            ? new FunctionCallContent($"call_{id}", extraction.Tool, Arguments(shape, extraction))
            : new TextContent(json);
        ChatMessage message = new(ChatRole.Assistant, [content])
        {
            MessageId = $"msg_{id}",
            CreatedAt = DateTimeOffset.UtcNow,
            AdditionalProperties = Properties(extraction, withLogprobs),
        };
        return new ChatResponse(message)
        {
            ResponseId = $"extract_{id}",
            ModelId = model.Name,
            CreatedAt = message.CreatedAt,
            FinishReason = plan.AsCall ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            Usage = new UsageDetails
            {
                InputTokenCount = extraction.InputTokens,
                OutputTokenCount = extraction.Labels.Count,
                TotalTokenCount = extraction.InputTokens + extraction.Labels.Count,
            },
            RawRepresentation = extraction,
            AdditionalProperties = Properties(extraction, withLogprobs),
        };
    }

    private static Dictionary<string, object?> Arguments(AnswerShape shape, Extraction extraction)
    {
        Dictionary<string, object?> arguments = [];
        foreach (AnswerMember.Slot slot in shape.Members.OfType<AnswerMember.Slot>())
        {
            string? value = extraction.ValueOf(slot.SlotName);
            if (value is not null || slot.NullWhenMissing)
            {
                arguments[slot.Name] = value is null ? null : slot.Spell(value);
            }
        }

        return arguments;
    }

    private static AdditionalPropertiesDictionary Properties(Extraction extraction, bool withLogprobs)
    {
        AdditionalPropertiesDictionary properties = [];
        ExtractionRecord.Write(properties, extraction.Spans);
        properties.SetConfidence(extraction.Confidence);
        if (withLogprobs)
        {
            properties.SetLogprobs(extraction.Labels);
        }

        return properties;
    }
}
