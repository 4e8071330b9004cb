using System.Text;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>One chat request from its prompt to its response. Used by one reader.</summary>
internal sealed class ChatGeneration
{
    private readonly LlamaModel _model;
    private readonly OutputPlan _plan;
    private readonly bool _wantsLogprobs;
    private readonly string _modelId;
    private readonly string _responseId = $"llama-{Guid.NewGuid():N}";
    private readonly DateTimeOffset _createdAt = DateTimeOffset.UtcNow;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogprob> _logprobs = [];
    private int _shown;
    private double _sum;
    private double _lowest;
    private int _chosen;

    private ChatGeneration(LlamaModel model, OutputPlan plan, GenerationRequest request, bool wantsLogprobs)
    {
        _model = model;
        _plan = plan;
        _modelId = request.Adapter?.ModelId ?? model.Name;
        Request = request;
        _wantsLogprobs = wantsLogprobs;
    }

    internal GenerationRequest Request { get; }

    /// <summary>Renders and tokenises the prompt and prepares what the answer must look like.</summary>
    internal static ChatGeneration Create(LlamaModel model, LlamaAdapter? adapter, ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatOptions? options, LlamaSamplingOptions? raw, bool streamed, CancellationToken cancellationToken)
    {
        if (options?.ConversationId is { } conversation)
        {
            throw new ArgumentException($"ConversationId is \"{conversation}\", and a model in this process keeps no conversations: send the whole history in the messages.", nameof(options));
        }

        SamplingParameters sampling = SamplingResolution.Resolve(options, raw);
        OutputPlan plan = OutputPlan.Create(model, messages, options);
        (_, List<int> prompt) = model.Render(template, messages, options?.Instructions, plan.OfferedTools);
        plan.CheckTokenLimit(options?.MaxOutputTokens);
        GenerationRequest request = new([.. prompt], cancellationToken)
        {
            IsStreamed = streamed,
            MaxTokens = options?.MaxOutputTokens,
            Sampler = new Sampler(sampling, model.VocabularySize, model.Vocabulary.EndOfGeneration),
            Constraint = plan.Constraint,
            Adapter = adapter,
            Priority = raw?.Priority ?? RequestPriority.Normal,
            Choices = plan.ChoiceTokens,
            ForcesTokens = raw?.ForcedTokens ?? true,
            DraftsTokens = raw?.DraftTokens,
            ChoiceTolerance = ChoiceOutcome.Tolerance,
            Stops = !plan.IsStructured && options?.StopSequences is { Count: > 0 } stops ? new StopSequences(stops) : null,
        };
        bool wantsLogprobs = raw?.Logprobs ?? (options?.AdditionalProperties?.TryGetValue(RequestPropertyNames.Logprobs, out bool asked) == true && asked);
        return new ChatGeneration(model, plan, request, wantsLogprobs);
    }

    internal void Add(GeneratedToken token)
    {
        if (!token.IsForced)
        {
            _sum += token.Logprob;
            _lowest = Math.Min(_lowest, token.Logprob);
            _chosen++;
        }

        Decode(token.Bytes.Span, flush: false);
        if (_wantsLogprobs)
        {
            _logprobs.Add(new TokenLogprob(token.Id, _model.Vocabulary.Text(token.Id), Math.Min(token.Logprob, 0)) { IsForced = token.IsForced });
        }
    }

    /// <summary>The text that can be shown now and has not been: none while it may turn out to be a tool call.</summary>
    internal string TakeText()
    {
        if (_plan.MayBeCall(_text))
        {
            return "";
        }

        string text = _text.ToString(_shown, _text.Length - _shown);
        _shown = _text.Length;
        return text;
    }

    internal ChatResponseUpdate Update(string text) => Stamp(new ChatResponseUpdate(ChatRole.Assistant, text));

    /// <summary>What remains to be sent when the generation has ended: held text or calls, then finish reason, usage and properties.</summary>
    internal IEnumerable<ChatResponseUpdate> LastUpdates()
    {
        ChatResponse response = ToResponse();
        ChatMessage message = response.Messages[0];
        List<AIContent> contents = [.. message.Contents.Where(c => c is not TextContent)];
        string rest = message.Text.Length > _shown ? message.Text[_shown..] : "";
        if (rest.Length > 0)
        {
            contents.Insert(0, new TextContent(rest));
        }

        contents.Add(new UsageContent(response.Usage!));
        ChatResponseUpdate last = Stamp(new ChatResponseUpdate(ChatRole.Assistant, contents));
        last.FinishReason = response.FinishReason;
        last.AdditionalProperties = response.AdditionalProperties;
        return ResponseUpdates.OnBothLevels(last);
    }

    internal ChatResponse ToResponse()
    {
        Decode([], flush: true);
        int outputTokens = Request.Generated;
        AdditionalPropertiesDictionary properties = [];
        string text = _text.ToString();
        if (_plan.Choices is { } choices)
        {
            ChoiceOutcome outcome = ChoiceOutcome.From(choices, Request.ChoiceScores!, Request.Scoring!.Shares());
            text = outcome.Text;
            outputTokens = outcome.Confidence.TokenCount;
            properties.SetConfidence(outcome.Confidence);
            _logprobs.AddRange(_wantsLogprobs ? outcome.Logprobs(_model.Vocabulary, _plan.ChoiceTokens!, Request.ChoiceScores!) : []);
        }
        else
        {
            properties.SetConfidence(new Confidence(_chosen == 0 ? 0 : _sum / _chosen, _lowest, _chosen));
        }

        if (_wantsLogprobs)
        {
            properties.SetLogprobs(_logprobs.AsReadOnly());
        }

        List<FunctionCallContent>? calls = _plan.ParseCalls(text);
        ChatMessage message = new(ChatRole.Assistant, calls is null ? [new TextContent(text)] : [.. calls])
        {
            MessageId = _responseId,
            CreatedAt = _createdAt,
            AdditionalProperties = new AdditionalPropertiesDictionary(properties),
        };
        return new ChatResponse(message)
        {
            ResponseId = _responseId,
            CreatedAt = _createdAt,
            ModelId = _modelId,
            FinishReason = calls is not null ? ChatFinishReason.ToolCalls : Request.Finish == GenerationFinish.Length ? ChatFinishReason.Length : ChatFinishReason.Stop,
            Usage = new UsageDetails
            {
                InputTokenCount = Request.PromptLength,
                OutputTokenCount = outputTokens,
                TotalTokenCount = Request.PromptLength + outputTokens,
                CachedInputTokenCount = Request.CachedTokens,
                AdditionalCounts = Counts(),
            },
            AdditionalProperties = properties,
        };
    }

    /// <summary>What was not sampled one by one; free text has nothing to tell unless something was drafted.</summary>
    private AdditionalPropertiesDictionary<long>? Counts() =>
        _plan.Constraint is null && _plan.Choices is null && Request.Draft.TotalAccepted + Request.Draft.TotalRejected == 0 ? null : new()
        {
            [TokenCountNames.Forced] = Request.ForcedTokens,
            [TokenCountNames.Drafted] = Request.Draft.TotalAccepted,
            [TokenCountNames.RejectedDraft] = Request.Draft.TotalRejected,
        };

    private ChatResponseUpdate Stamp(ChatResponseUpdate update)
    {
        update.ResponseId = _responseId;
        update.MessageId = _responseId;
        update.CreatedAt = _createdAt;
        update.ModelId = _modelId;
        return update;
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> buffer = stackalloc char[256];
        bool completed = false;
        while (!completed)
        {
            _decoder.Convert(bytes, buffer, flush, out int used, out int written, out completed);
            _text.Append(buffer[..written]);
            bytes = bytes[used..];
        }
    }
}
