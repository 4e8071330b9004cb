using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>A narrow, typed job for a model: an input, an instruction, solved examples, and a result that always satisfies its schema.</summary>
/// <remarks>
/// <para>Thread-safe. The client belongs to the caller.</para>
/// <para>Every call sends the instructions and examples first, unchanged, and the input last as a user message of its own, so that a prefix cache serves all but the input.</para>
/// <para>The schema is inferred from <typeparamref name="TOutput"/> and made strict: objects are closed, properties that cannot be null are required, those that can are optional, <see cref="SpanAttribute"/> ties a string to the input. A result that is no object is wrapped as <c>{"value": …}</c> on its way.</para>
/// </remarks>
/// <typeparam name="TInput">The type of the input; a <see cref="string"/> is sent as it is, anything else as JSON.</typeparam>
/// <typeparam name="TOutput">The type of the result.</typeparam>
public sealed class Subtask<TInput, TOutput>
{
    private readonly IChatClient _client;
    private readonly SubtaskOptions _options;
    private readonly JsonTypeInfo<TInput> _inputInfo;
    private readonly JsonTypeInfo<TOutput> _outputInfo;
    private readonly ResultSchema _schema;
    private readonly ChatResponseFormatJson _format;
    private readonly ChatMessage[] _prefix;

    /// <summary>Creates a subtask.</summary>
    /// <param name="name">Its name; it also names the schema and the tool of <see cref="AsAIFunction"/>.</param>
    /// <param name="instructions">What the model is to do with the input.</param>
    /// <param name="client">The client that answers.</param>
    /// <param name="options">How to ask; <see langword="null"/> for the defaults.</param>
    /// <param name="examples">Solved inputs, shown to the model in this order; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException">The client, or an example or a part of it, is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The name or the instructions are empty, the types cannot be put into a schema, or an example breaks it.</exception>
    public Subtask(string name, string instructions, IChatClient client, SubtaskOptions? options = null, IEnumerable<SubtaskExample<TInput, TOutput>>? examples = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(instructions);
        ArgumentNullException.ThrowIfNull(client);
        Name = name;
        Instructions = instructions;
        _client = client;
        _options = options ?? new();
        JsonSerializerOptions json = _options.SerializerOptions ?? AIJsonUtilities.DefaultOptions;
        _inputInfo = SubtaskTypes.Info<TInput>(json);
        _outputInfo = SubtaskTypes.Info<TOutput>(json);
        _schema = ResultSchema.Create(typeof(TOutput), _outputInfo.Options);
        _format = ChatResponseFormat.ForJsonSchema(_schema.Sent, SubtaskTypes.Identifier(_options.SchemaName ?? name));
        _prefix = [new(ChatRole.System, instructions), .. Shots(examples ?? [])];
    }

    /// <summary>Gets the subtask's name.</summary>
    public string Name { get; }

    /// <summary>Gets what the model is to do with the input.</summary>
    public string Instructions { get; }

    /// <summary>Gets the JSON Schema that the model is given; its root is an object.</summary>
    public JsonElement Schema => _schema.Sent;

    /// <summary>Runs the subtask on one input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The result with its confidence, route and usage.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="input"/> is <see langword="null"/>.</exception>
    /// <exception cref="SubtaskException">The answer is not JSON, breaks the schema, or holds a span that the input does not.</exception>
    public async Task<SubtaskResult<TOutput>> RunAsync(TInput input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        using Activity? activity = Telemetry.Source.StartActivity($"subtask {Name}");
        string text = Text(input);
        ChatOptions options = new()
        {
            ResponseFormat = _format,
            Temperature = _options.Temperature,
            MaxOutputTokens = _options.MaxOutputTokens,
            Seed = _options.Seed,
            AdditionalProperties = new() { [RequestPropertyNames.SpanSource] = text },
        };
        _options.ConfigureOptions?.Invoke(options);
        ChatResponse response = await _client.GetResponseAsync([.. _prefix, new(ChatRole.User, text)], options, cancellationToken).ConfigureAwait(false);
        return new(Read(response, text), response);
    }

    /// <summary>Makes a function of the subtask, for <see cref="ChatOptions.Tools"/>, Semantic Kernel or an MCP server.</summary>
    /// <param name="description">What the function does, for the model that chooses it; <see langword="null"/> for the instructions.</param>
    /// <returns>A function with one parameter, <c>input</c>, that returns the result as a <see cref="JsonElement"/>. It holds all that it needs and takes no service from its arguments.</returns>
    public AIFunction AsAIFunction(string? description = null) =>
        new SubtaskFunction<TInput, TOutput>(this, SubtaskTypes.Identifier(Name), description ?? Instructions, _inputInfo, _outputInfo, _schema.Bare);

    private string Text(TInput input) => input as string ?? CompactJson.Write(input, _inputInfo);

    private List<ChatMessage> Shots(IEnumerable<SubtaskExample<TInput, TOutput>> examples)
    {
        List<ChatMessage> messages = [];
        foreach (SubtaskExample<TInput, TOutput> example in examples)
        {
            ArgumentNullException.ThrowIfNull(example, nameof(examples));
            ArgumentNullException.ThrowIfNull(example.Input, nameof(examples));
            ArgumentNullException.ThrowIfNull(example.Output, nameof(examples));
            string input = Text(example.Input);
            string output = _schema.Write(example.Output, _outputInfo);
            IReadOnlyList<JsonSchemaError> errors = _schema.Validator.Validate(output, input);
            if (errors.Count > 0)
            {
                throw new ArgumentException($"The example '{input}' breaks the schema: {errors[0]}", nameof(examples));
            }

            messages.Add(new(ChatRole.User, input));
            messages.Add(new(ChatRole.Assistant, output));
        }

        return messages;
    }

    private TOutput Read(ChatResponse response, string input)
    {
        string text = response.Text;
        try
        {
            JsonNode? node = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
            SchemaStrictness.DropNulls(node, _schema.Sent);
            using JsonDocument answer = JsonDocument.Parse(node?.ToJsonString() ?? "null");
            IReadOnlyList<JsonSchemaError> errors = _schema.Validator.Validate(answer.RootElement, input);
            return errors.Count == 0
                ? _schema.Unwrap(answer.RootElement).Deserialize(_outputInfo)!
                : throw new SubtaskException(Name, text, errors, response.GetRoute());
        }
        catch (JsonException e)
        {
            throw new SubtaskException(Name, text, [new("", "", $"it cannot be read as {typeof(TOutput).Name}: {e.Message}")], response.GetRoute(), e);
        }
    }
}
