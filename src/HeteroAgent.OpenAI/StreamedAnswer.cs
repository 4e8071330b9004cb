using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

namespace HeteroAgent.OpenAI;

/// <summary>Completes the updates of one streamed answer: a wrapped text is held until it can be unwrapped, the confidence comes last.</summary>
internal sealed class StreamedAnswer(ResponseSchema? schema, string? model, Uri? server)
{
    private readonly StringBuilder? _wrapped = schema?.IsWrapped == true ? new() : null;
    private readonly List<ChatTokenLogProbabilityDetails> _logprobs = [];
    private readonly DateTimeOffset _created = DateTimeOffset.UtcNow;
    private string? _id;
    private string? _model = model;
    private ChatFinishReason? _finish;
    private bool _calls;

    /// <summary>The update as it is shown, or null where nothing of it is.</summary>
    public ChatResponseUpdate? Read(ChatResponseUpdate update)
    {
        _id ??= AnswerReader.Id(update.ResponseId);
        update.ResponseId = update.MessageId = _id;
        _model = string.IsNullOrEmpty(update.ModelId) ? _model : update.ModelId;
        update.ModelId = _model;
        update.CreatedAt = update.CreatedAt > DateTimeOffset.UnixEpoch ? update.CreatedAt : _created;
        update.Role ??= ChatRole.Assistant;
        _finish = update.FinishReason ?? _finish;
        update.FinishReason = null;
        _calls |= update.Contents.Any(static c => c is FunctionCallContent);
        if (update.RawRepresentation is StreamingChatCompletionUpdate chunk)
        {
            _logprobs.AddRange(chunk.ContentTokenLogProbabilities);
        }

        if (_wrapped is not null)
        {
            _ = _wrapped.Append(update.Text);
            update.Contents = [.. update.Contents.Where(static c => c is not TextContent)];
        }

        // The protocol opens with a role and no text.
        return update.Contents.Any(static c => c is not TextContent { Text: "" }) ? update : null;
    }

    /// <summary>What is left when the stream has ended.</summary>
    /// <exception cref="OpenAICompatibleException">It ended before the server had said why it stopped.</exception>
    public IEnumerable<ChatResponseUpdate> End()
    {
        if (_finish is null)
        {
            throw new OpenAICompatibleException(OpenAICompatibleFault.BrokenStream, $"The answer of {server} was cut off: its stream ended without a finish reason.");
        }

        string text = _wrapped is null ? "" : schema!.Unwrap(_wrapped.ToString());
        return ResponseUpdates.OnBothLevels(new(ChatRole.Assistant, text.Length > 0 ? [new TextContent(text)] : [])
        {
            ResponseId = _id,
            MessageId = _id,
            ModelId = _model,
            CreatedAt = _created,
            FinishReason = _calls && _finish == ChatFinishReason.Stop ? ChatFinishReason.ToolCalls : _finish,
            AdditionalProperties = AnswerReader.Confidence(_logprobs),
        });
    }
}
