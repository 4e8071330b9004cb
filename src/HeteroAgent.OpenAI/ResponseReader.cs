using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HeteroAgent.OpenAI;

/// <summary>Completes one answer: the ids that a server leaves out, a wrapped value, confidence. In a stream, what is only known at the end comes last.</summary>
internal sealed class ResponseReader(ResponseSchema? schema, string model, Uri? server)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly List<ChatTokenLogProbabilityDetails> _logprobs = [];
    // By the index of each tool call, in order of appearance, whether it has arguments.
    private readonly Dictionary<int, bool> _calls = [];
    private readonly bool _holdsText = schema?.HoldsText == true;
    private string? _id;
    private string _model = model;
    private DateTimeOffset _created;
    private ChatFinishReason? _finish;
    private UsageContent? _usage;

    public ChatResponse Read(ChatResponse response)
    {
        ChatMessage message = response.Messages[^1];
        message.Contents = [.. message.Contents.Select(static c => c is FunctionCallContent call ? Complete(call, HasText((call.RawRepresentation as ChatToolCall)?.FunctionArguments)) : c)];
        if (_holdsText)
        {
            string text = schema!.Read(message.Text);
            message.Contents = [.. text.Length > 0 ? [new TextContent(text)] : (AIContent[])[], .. message.Contents.Where(static c => c is not TextContent)];
        }

        Start(response.ResponseId, response.ModelId, response.CreatedAt);
        (response.ResponseId, response.ModelId, response.CreatedAt) = (_id, _model, _created);
        (message.MessageId, message.CreatedAt) = (_id, _created);
        response.FinishReason = Finish(response.FinishReason, message.Contents.Any(static c => c is FunctionCallContent));
        response.AdditionalProperties = Confidence((response.RawRepresentation as ChatCompletion)?.ContentTokenLogProbabilities ?? []);
        message.AdditionalProperties = response.AdditionalProperties?.Clone();
        return response;
    }

    /// <returns>The update to show, or <see langword="null"/> where it holds nothing to show yet.</returns>
    /// <exception cref="OpenAICompatibleException">The stream ended before the server had said why it stopped.</exception>
    public ChatResponseUpdate? Read(ChatResponseUpdate update)
    {
        _finish = update.FinishReason ?? _finish;
        if (update.RawRepresentation is StreamingChatCompletionUpdate chunk)
        {
            Start(update.ResponseId, update.ModelId, update.CreatedAt);
            _logprobs.AddRange(chunk.ContentTokenLogProbabilities);
            _ = _refusal.Append(chunk.RefusalUpdate);
            foreach (StreamingChatToolCallUpdate part in chunk.ToolCallUpdates)
            {
                _calls[part.Index] = _calls.GetValueOrDefault(part.Index) || HasText(part.FunctionArgumentsUpdate);
            }
        }
        else
        {
            // What has no chunk of its own was put together at the end: it must not be shown if that came too early.
            CheckEnd();
        }

        // Some servers report usage so far with every chunk; summed up, it would be counted again and again.
        _usage = update.Contents.OfType<UsageContent>().LastOrDefault() ?? _usage;
        if (_holdsText)
        {
            _ = _text.Append(update.Text);
        }

        Queue<bool> hasArguments = new(_calls.Values);
        AIContent[] shown = [.. update.Contents
            .Where(c => c is not (UsageContent or ErrorContent) && (c is not TextContent { Text: var text } || (!_holdsText && text.Length > 0)))
            .Select(c => c is FunctionCallContent call ? Complete(call, hasArguments.Dequeue()) : c)];
        return shown.Length > 0 ? Update(shown, update.RawRepresentation) : null;
    }

    /// <summary>The last update, made when the stream has ended.</summary>
    /// <exception cref="OpenAICompatibleException">It ended before the server had said why it stopped.</exception>
    public ChatResponseUpdate End()
    {
        CheckEnd();
        List<AIContent> contents = [];
        if (_holdsText && _text.Length > 0)
        {
            contents.Add(new TextContent(schema!.Read(_text.ToString())));
        }

        if (_refusal.Length > 0)
        {
            contents.Add(new ErrorContent(_refusal.ToString()) { ErrorCode = nameof(ChatCompletion.Refusal) });
        }

        if (_usage is not null)
        {
            contents.Add(_usage);
        }

        ChatResponseUpdate last = Update(contents, null);
        last.FinishReason = Finish(_finish, _calls.Count > 0);
        last.AdditionalProperties = Confidence(_logprobs);
        return last;
    }

    // Some servers give calls an empty id, and a call of a tool without parameters empty arguments, which are no JSON.
    private static FunctionCallContent Complete(FunctionCallContent call, bool hasArguments) => call.CallId.Length > 0 && hasArguments ? call
        : new FunctionCallContent(call.CallId.Length > 0 ? call.CallId : Guid.NewGuid().ToString("N"), call.Name, hasArguments ? call.Arguments : new Dictionary<string, object?>())
        {
            Exception = hasArguments ? call.Exception : null,
            RawRepresentation = call.RawRepresentation,
        };

    // Some servers say "stop" where they call a tool.
    private static ChatFinishReason? Finish(ChatFinishReason? reason, bool callsTools) => callsTools && reason == ChatFinishReason.Stop ? ChatFinishReason.ToolCalls : reason;

    /// <summary>Records log-probabilities and what they say of the answer; tokens of the protocol have no id, so it is -1.</summary>
    private static AdditionalPropertiesDictionary? Confidence(IReadOnlyCollection<ChatTokenLogProbabilityDetails> logprobs)
    {
        if (logprobs.Count == 0)
        {
            return null;
        }

        TokenLogprob[] tokens = [.. logprobs.Select(static t => new TokenLogprob(-1, t.Token, Math.Min(t.LogProbability, 0)))];
        AdditionalPropertiesDictionary properties = [];
        properties.SetLogprobs(tokens);
        properties.SetConfidence(new(tokens.Average(static t => t.Logprob), tokens.Min(static t => t.Logprob), tokens.Length));
        return properties;
    }

    private static bool HasText(BinaryData? arguments) => !string.IsNullOrWhiteSpace(arguments?.ToString());

    private void Start(string? id, string? name, DateTimeOffset? created)
    {
        if (_id is null)
        {
            _id = string.IsNullOrEmpty(id) ? Guid.NewGuid().ToString("N") : id;
            _model = string.IsNullOrEmpty(name) ? _model : name;
            _created = created > DateTimeOffset.UnixEpoch ? created.Value : DateTimeOffset.UtcNow;
        }
    }

    private void CheckEnd()
    {
        if (_finish is null)
        {
            throw new OpenAICompatibleException(OpenAICompatibleFault.BrokenStream, $"The answer of {server} was cut off: its stream ended without a finish reason.");
        }
    }

    private ChatResponseUpdate Update(IList<AIContent> contents, object? raw) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = _model,
        CreatedAt = _created,
        RawRepresentation = raw,
    };
}
