using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HeteroAgent.OpenAI;

/// <summary>Turns the chunks of one streamed answer into updates: text at once, tool calls when they are whole, usage last.</summary>
internal sealed class StreamAssembler(ResponseSchema? schema, string model, Uri? server)
{
    private readonly SortedDictionary<int, PartialCall> _calls = [];
    private readonly StringBuilder _wrapped = new();
    private readonly List<ChatTokenLogProbabilityDetails> _logprobs = [];
    private readonly bool _holdsText = schema?.IsWrapped == true;
    private string _id = Guid.NewGuid().ToString("N");
    private string _model = model;
    private DateTimeOffset _created = DateTimeOffset.UtcNow;
    private Microsoft.Extensions.AI.ChatFinishReason? _finish;
    private UsageDetails? _usage;
    private bool _started;

    public ChatResponseUpdate? Read(StreamingChatCompletionUpdate chunk)
    {
        if (!_started)
        {
            _started = true;
            _id = string.IsNullOrEmpty(chunk.CompletionId) ? _id : chunk.CompletionId;
            _model = string.IsNullOrEmpty(chunk.Model) ? _model : chunk.Model;
            _created = ResponseContents.Created(chunk.CreatedAt);
        }

        foreach (StreamingChatToolCallUpdate part in chunk.ToolCallUpdates)
        {
            if (!_calls.TryGetValue(part.Index, out PartialCall? call))
            {
                _calls[part.Index] = call = new();
            }

            call.Id ??= part.ToolCallId;
            call.Name ??= part.FunctionName;
            _ = call.Arguments.Append(part.FunctionArgumentsUpdate);
        }

        _logprobs.AddRange(chunk.ContentTokenLogProbabilities);
        _usage = ResponseContents.Usage(chunk.Usage) ?? _usage;
        _finish = chunk.FinishReason is { } reason ? ResponseContents.Finish(reason) : _finish;
        string text = string.Concat(chunk.ContentUpdate.Select(static p => p.Text)) + chunk.RefusalUpdate;
        if (_holdsText)
        {
            _ = _wrapped.Append(text);
            return null;
        }

        return text.Length > 0 ? Update([new TextContent(text)], chunk) : null;
    }

    /// <summary>What is left when the stream has ended.</summary>
    /// <exception cref="OpenAICompatibleException">It ended before the server had said why it stopped.</exception>
    public ChatResponseUpdate End()
    {
        if (_finish is null)
        {
            throw new OpenAICompatibleException(OpenAICompatibleFault.BrokenStream, $"The answer of {server} was cut off: its stream ended without a finish reason.");
        }

        List<AIContent> contents = [];
        if (_holdsText && schema!.Unwrap(_wrapped.ToString()) is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        contents.AddRange(_calls.Values.Select(static c => ResponseContents.Call(c.Id, c.Name ?? "", c.Arguments.ToString())));
        if (_usage is not null)
        {
            contents.Add(new UsageContent(_usage));
        }

        ChatResponseUpdate last = Update(contents, null);
        last.FinishReason = _calls.Count > 0 && _finish == Microsoft.Extensions.AI.ChatFinishReason.Stop ? Microsoft.Extensions.AI.ChatFinishReason.ToolCalls : _finish;
        last.AdditionalProperties = ResponseContents.Confidence(_logprobs);
        return last;
    }

    private ChatResponseUpdate Update(IList<AIContent> contents, object? raw) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = _model,
        CreatedAt = _created,
        RawRepresentation = raw,
    };

    private sealed class PartialCall
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
