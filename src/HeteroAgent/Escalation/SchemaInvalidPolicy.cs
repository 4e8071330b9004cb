using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent;

/// <summary>Escalates an answer that breaks what the caller asked for. Compiled schemas live as long as the formats and tools that hold them.</summary>
internal sealed class SchemaInvalidPolicy : EscalationPolicy
{
    private const string Reason = "schema_invalid";

    private readonly ConditionalWeakTable<ChatResponseFormatJson, JsonSchemaValidator> _formats = [];
    private readonly ConditionalWeakTable<AIFunctionDeclaration, JsonSchemaValidator> _tools = [];

    public override ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context.Response is { } response && Problem(context, response) is { } problem ? EscalationDecision.Because(Reason, problem) : EscalationDecision.Keep);
    }

    internal string? Problem(EscalationContext context, ChatResponse response)
    {
        FunctionCallContent[] calls = [.. response.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly)];
        foreach (FunctionCallContent call in calls)
        {
            if (Problem(context, call) is { } problem)
            {
                return problem;
            }
        }

        if (context.Options?.ToolMode is RequiredChatToolMode required && context.Options.Tools is { Count: > 0 })
        {
            if (calls.Length == 0)
            {
                return "the tool mode requires a call, and there is none";
            }

            if (required.RequiredFunctionName is { } name && !calls.Any(c => c.Name == name))
            {
                return $"the tool mode requires a call of '{name}', and there is none";
            }
        }

        return calls.Length == 0 && context.Options?.ResponseFormat is ChatResponseFormatJson format ? Problem(context, format, response.Text) : null;
    }

    private string? Problem(EscalationContext context, ChatResponseFormatJson format, string text)
    {
        if (format.Schema is not { } schema)
        {
            return IsJson(text) ? null : "the text is not JSON";
        }

        JsonSchemaValidator validator = _formats.GetValue(format, _ => new(schema));
        return First(validator.Validate(text, validator.HasSpans ? SpanSource.Of(context.Messages, context.Options) : null));
    }

    private string? Problem(EscalationContext context, FunctionCallContent call)
    {
        if (call.Exception is { } e)
        {
            return $"the arguments of '{call.Name}' cannot be read: {e.Message}";
        }

        AIFunctionDeclaration? tool = context.Options?.Tools?.OfType<AIFunctionDeclaration>().FirstOrDefault(t => t.Name == call.Name);
        if (tool is null)
        {
            return $"the tool '{call.Name}' was not offered";
        }

        JsonSchemaValidator validator = _tools.GetValue(tool, static t => new(t.JsonSchema));
        return First(validator.Validate(ToolArguments.ToJson(call.Arguments), validator.HasSpans ? SpanSource.Of(context.Messages, context.Options) : null)) is { } problem
            ? $"arguments of '{call.Name}': {problem}"
            : null;
    }

    private static string? First(IReadOnlyList<JsonSchemaError> errors) => errors.Count == 0 ? null : errors[0].ToString();

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
