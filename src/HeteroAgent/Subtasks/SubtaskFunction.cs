using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>A subtask as a function with one parameter.</summary>
internal sealed class SubtaskFunction<TInput, TOutput> : AIFunction
{
    private const string Parameter = "input";

    private readonly Subtask<TInput, TOutput> _subtask;
    private readonly JsonTypeInfo<TInput> _input;
    private readonly JsonTypeInfo<TOutput> _output;

    public SubtaskFunction(Subtask<TInput, TOutput> subtask, string name, string description, JsonTypeInfo<TInput> input, JsonTypeInfo<TOutput> output, JsonElement returns)
    {
        _subtask = subtask;
        _input = input;
        _output = output;
        Name = name;
        Description = description;
        ReturnJsonSchema = returns;
        JsonNode parameter = JsonNode.Parse(AIJsonUtilities.CreateJsonSchema(typeof(TInput), serializerOptions: input.Options).GetRawText())!;
        SchemaStrictness.MoveReferences(parameter, "/properties/" + Parameter);
        using JsonDocument schema = JsonDocument.Parse(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [Parameter] = parameter },
            ["required"] = new JsonArray(Parameter),
        }.ToJsonString());
        JsonSchema = schema.RootElement.Clone();
    }

    public override string Name { get; }

    public override string Description { get; }

    public override JsonElement JsonSchema { get; }

    public override JsonElement? ReturnJsonSchema { get; }

    public override JsonSerializerOptions JsonSerializerOptions => _output.Options;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        SubtaskResult<TOutput> result = await _subtask.RunAsync(Input(arguments), cancellationToken).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement(result.Value, _output);
    }

    private TInput Input(AIFunctionArguments arguments)
    {
        if (!arguments.TryGetValue(Parameter, out object? value) || value is null)
        {
            throw new ArgumentException($"The function '{Name}' needs the argument '{Parameter}', and it is missing.", nameof(arguments));
        }

        try
        {
            return (value switch
            {
                TInput input => input,
                JsonElement element => element.Deserialize(_input),
                JsonNode node => node.Deserialize(_input),
                string json => JsonSerializer.Deserialize(json, _input),
                _ => throw new JsonException($"it is a {value.GetType().Name}"),
            }) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The argument '{Parameter}' of the function '{Name}' cannot be read as {typeof(TInput).Name}: {e.Message}", nameof(arguments), e);
        }
    }
}
