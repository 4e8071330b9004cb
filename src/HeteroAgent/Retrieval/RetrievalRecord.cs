using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Writes to an answer which passages it was given, which it cites, and how well they support it.</summary>
internal sealed record RetrievalRecord(string Question, IReadOnlyList<RetrievedPassage> Passages, GroundingScorer? Scorer)
{
    /// <summary>A copy of a response with the record on it; the inner client may hold on to its own.</summary>
    public async Task<ChatResponse> WriteAsync(ChatResponse response, CancellationToken cancellationToken)
    {
        GroundingResult? grounding = await ScoreAsync(response.Text, cancellationToken).ConfigureAwait(false);
        ChatResponse copy = ResponseStamp.Copy(response, null);
        copy.ConversationId = response.ConversationId;
        List<CitationAnnotation> citations = [];
        for (int i = 0; i < copy.Messages.Count; i++)
        {
            if (copy.Messages[i].Role == ChatRole.Assistant)
            {
                copy.Messages[i] = Annotate(copy.Messages[i], citations);
            }
        }

        Write(copy.AdditionalProperties ??= [], citations, grounding);
        if (copy.Messages.Count > 0)
        {
            ChatMessage last = copy.Messages[^1] = copy.Messages[^1].Clone();
            Write(last.AdditionalProperties = last.AdditionalProperties?.Clone() ?? [], citations, grounding);
        }

        return copy;
    }

    /// <summary>The update that ends a stream. Its annotations stand on a content without text, so that no text comes behind the usage; their regions count in the whole text.</summary>
    public async Task<ChatResponseUpdate> EndAsync(string text, ChatResponseUpdate? last, CancellationToken cancellationToken)
    {
        GroundingResult? grounding = await ScoreAsync(text, cancellationToken).ConfigureAwait(false);
        List<CitationAnnotation> citations = CitationReader.Read(text, Passages);
        AdditionalPropertiesDictionary properties = [];
        Write(properties, citations, grounding);
        return new(last?.Role ?? ChatRole.Assistant, citations.Count > 0 ? [new AIContent { Annotations = [.. citations] }] : [])
        {
            AdditionalProperties = properties,
            AuthorName = last?.AuthorName,
            ConversationId = last?.ConversationId,
            CreatedAt = last?.CreatedAt,
            MessageId = last?.MessageId,
            ModelId = last?.ModelId,
            ResponseId = last?.ResponseId,
        };
    }

    private async Task<GroundingResult?> ScoreAsync(string text, CancellationToken cancellationToken) =>
        Scorer is null || string.IsNullOrWhiteSpace(text) ? null : await Scorer.ScoreAsync(text, Passages, Question, cancellationToken).ConfigureAwait(false);

    private ChatMessage Annotate(ChatMessage message, List<CitationAnnotation> citations)
    {
        List<AIContent> contents = [.. message.Contents];
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i] is TextContent text && CitationReader.Read(text.Text, Passages) is { Count: > 0 } found)
            {
                citations.AddRange(found);
                contents[i] = new TextContent(text.Text)
                {
                    AdditionalProperties = text.AdditionalProperties,
                    Annotations = [.. text.Annotations ?? [], .. found],
                    RawRepresentation = text.RawRepresentation,
                };
            }
        }

        ChatMessage copy = message.Clone();
        copy.Contents = contents;
        return copy;
    }

    private void Write(AdditionalPropertiesDictionary properties, List<CitationAnnotation> citations, GroundingResult? grounding)
    {
        properties[ResponsePropertyNames.Passages] = Passages;
        properties[ResponsePropertyNames.Citations] = (IReadOnlyList<CitationAnnotation>)citations;
        if (grounding?.Score is { } score)
        {
            properties[ResponsePropertyNames.Grounding] = score;
            properties[ResponsePropertyNames.UnsupportedClaims] = grounding.Reasons;
            _ = Activity.Current?.SetTag(ResponsePropertyNames.Grounding, score);
        }
    }
}
