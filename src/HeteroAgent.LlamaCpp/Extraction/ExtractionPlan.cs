using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>What a caller's options ask of an extractive model. Immutable and thread-safe.</summary>
/// <param name="Shapes">The calls that may be chosen and how they are written.</param>
/// <param name="AsCall">Whether the answer is a <see cref="FunctionCallContent"/> rather than text.</param>
/// <param name="Validators">For each shape the schema that its answer must satisfy, or null.</param>
internal sealed record ExtractionPlan(AnswerShape[] Shapes, bool AsCall, JsonSchemaValidator?[] Validators)
{
    internal int[] Tools { get; } = [.. Shapes.Select(s => s.Tool)];

    internal static ExtractionPlan Create(ExtractionSchema schema, ChatOptions? options)
    {
        bool mayCall = options?.ToolMode is not NoneChatToolMode && options?.Tools is { Count: > 0 };
        if (mayCall)
        {
            return ForTools(schema, options!);
        }

        if (options?.ToolMode is RequiredChatToolMode)
        {
            throw new ArgumentException("A tool is required, but none is offered in ChatOptions.Tools.", nameof(options));
        }

        if (options?.ResponseFormat is ChatResponseFormatJson { Schema: { } response } format)
        {
            AnswerShape[] shapes = AnswerShapeReader.ReadResponse(schema, response, format.SchemaName);
            JsonSchemaValidator validator = new(response);
            return new ExtractionPlan(shapes, AsCall: false, [.. shapes.Select(_ => validator)]);
        }

        AnswerShape[] plain = AnswerShape.Plain(schema);
        return new ExtractionPlan(plain, AsCall: false, new JsonSchemaValidator?[plain.Length]);
    }

    /// <summary>Writes the answer and checks it.</summary>
    /// <exception cref="ExtractionException">It does not satisfy the caller's schema.</exception>
    internal (AnswerShape Shape, string Json) Write(ExtractionSchema schema, Extraction extraction)
    {
        int at = Array.FindIndex(Shapes, s => schema.Tools[s.Tool].Name == extraction.Tool);
        string json = Shapes[at].Write(extraction);
        return Validators[at]?.Validate(json, extraction.Request) is { Count: > 0 } errors
            ? throw new ExtractionException(ExtractionFailure.InvalidAnswer, $"The call of '{extraction.Tool}' that was found does not satisfy the schema: {errors[0]}. Found: {json}", extraction)
            : (Shapes[at], json);
    }

    private static ExtractionPlan ForTools(ExtractionSchema schema, ChatOptions options)
    {
        string? required = (options.ToolMode as RequiredChatToolMode)?.RequiredFunctionName;
        List<AnswerShape> shapes = [];
        List<JsonSchemaValidator?> validators = [];
        foreach (AITool offered in options.Tools!)
        {
            AIFunctionDeclaration? function = offered as AIFunctionDeclaration ?? offered.GetService<AIFunctionDeclaration>();
            int tool = function is null ? -1 : schema.Tools.ToList().FindIndex(t => t.Name == function.Name);
            if (tool < 0)
            {
                throw new ExtractionException(ExtractionFailure.UnknownTool, $"The model does not know the tool '{offered.Name}'. It knows {AnswerShapeReader.Describe(schema)}.");
            }

            if (required is null || required == function!.Name)
            {
                JsonElement parameters = function!.JsonSchema;
                shapes.Add(AnswerShapeReader.ReadTool(schema, tool, parameters));
                validators.Add(parameters.ValueKind == JsonValueKind.Object ? new JsonSchemaValidator(parameters) : null);
            }
        }

        return shapes.Count > 0
            ? new ExtractionPlan([.. shapes], AsCall: true, [.. validators])
            : throw new ExtractionException(ExtractionFailure.UnknownTool, $"The required tool '{required}' is not among those offered: {string.Join(", ", options.Tools.Select(t => t.Name))}.");
    }
}
