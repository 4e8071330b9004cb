using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells whether answers have the form that was asked for. Used by one thread.</summary>
internal sealed class AnswerForm(JsonElement? schema)
{
    private readonly JsonSchemaValidator? _schema = schema is { } given ? new JsonSchemaValidator(given) : null;
    private readonly Dictionary<string, JsonSchemaValidator> _parameters = new(StringComparer.Ordinal);

    internal bool IsValid(TuningExample example, SpecialistAnswer expected, SpecialistAnswer answer) =>
        _schema is not null ? answer.Text.Length > 0 && _schema.Validate(answer.Text, example.Request).Count == 0
        : example.Tools.Count > 0 && expected.Calls is not null ? answer.Calls is { Count: > 0 } calls && calls.All(c => IsValid(example, c.Tool, c.Arguments))
        : expected.Calls is not null ? answer.Calls is not null
        : expected.Json is not null ? answer.Json is not null
        : answer.Text.Length > 0;

    private bool IsValid(TuningExample example, string tool, JsonElement arguments)
    {
        AIFunctionDeclaration? declared = example.Tools.FirstOrDefault(t => t.Name == tool);
        if (declared is null || declared.JsonSchema.ValueKind != JsonValueKind.Object)
        {
            return declared is not null;
        }

        string text = declared.JsonSchema.GetRawText();
        if (!_parameters.TryGetValue(text, out JsonSchemaValidator? validator))
        {
            _parameters[text] = validator = new JsonSchemaValidator(declared.JsonSchema);
        }

        return validator.Validate(arguments, example.Request).Count == 0;
    }
}
