using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>Whether outputs satisfy their schemas, by ajv where the peer runs, else by the library's validator, which shares no code with its grammar.</summary>
/// <param name="node">The peer, or null.</param>
internal sealed class Validity(NodeProcess? node)
{
    private readonly Dictionary<string, JsonSchemaValidator?> _validators = [];

    internal string Validator => node is null ? "HeteroAgent.JsonSchemaValidator" : $"ajv {(string?)node.Description["ajv"]}";

    /// <summary>Whether an output satisfies the schema; null where the validator cannot read the schema.</summary>
    internal async Task<bool?> CheckAsync(Request request, string output)
    {
        if (node is null)
        {
            return Own(request)?.Validate(output).Count is { } errors ? errors == 0 : null;
        }

        try
        {
            JsonObject answer = await node.AskAsync(new JsonObject { ["op"] = "validate", ["schema"] = JsonNode.Parse(request.SchemaKey), ["text"] = output }).ConfigureAwait(false);
            return (bool)answer["valid"]!;
        }
        catch (ContenderException)
        {
            return null;
        }
    }

    /// <summary>Whether the spans of an output stand in the request; null where the schema has none or the output is not valid anyhow.</summary>
    internal bool? CheckSpans(Request request, string output, bool? valid) =>
        valid == true && Own(request) is { HasSpans: true } validator ? validator.Validate(output, request.Case.User).Count == 0 : null;

    private JsonSchemaValidator? Own(Request request)
    {
        if (!_validators.TryGetValue(request.SchemaKey, out JsonSchemaValidator? validator))
        {
            try
            {
                validator = new JsonSchemaValidator(request.Case.Schema);
            }
            catch (JsonSchemaException)
            {
                validator = null;
            }

            _validators.Add(request.SchemaKey, validator);
        }

        return validator;
    }
}
