using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HeteroAgent.LlamaCpp;

/// <summary>How a label is written for a caller: as text, as a JSON string, or as the one property of an object. Immutable.</summary>
internal sealed class LabelForm
{
    private readonly string? _property;
    private readonly bool _json;
    private readonly JsonSchemaValidator? _validator;

    /// <summary>The caller's spelling of each label that may be answered; null where labels keep their own.</summary>
    private readonly Dictionary<string, string>? _spellings;

    private LabelForm(bool json, string? property, JsonSchemaValidator? validator, Dictionary<string, string>? spellings)
    {
        _json = json;
        _property = property;
        _validator = validator;
        _spellings = spellings;
    }

    /// <param name="labels">The labels.</param>
    /// <param name="outOfScope">The label for what is out of scope, or null.</param>
    /// <param name="options">The caller's options.</param>
    /// <exception cref="ClassificationException">The schema cannot hold a label, or a tool is required.</exception>
    internal static LabelForm Read(IReadOnlyList<string> labels, string? outOfScope, ChatOptions? options)
    {
        if (options?.ToolMode is RequiredChatToolMode)
        {
            throw new ClassificationException(ClassificationFailure.ToolRequired, "A tool call is required; a classifier answers with a label and calls no tool.");
        }

        if (options?.ResponseFormat is not ChatResponseFormatJson format)
        {
            return new LabelForm(json: false, null, null, null);
        }

        if (format.Schema is not { } schema)
        {
            return new LabelForm(json: true, "label", null, null);
        }

        SchemaNode root = new(schema);
        JsonSchemaValidator validator = new(schema);
        if (root.HasProperties)
        {
            (string Name, SchemaNode Schema)[] properties = [.. root.Properties()];
            foreach ((string name, SchemaNode property) in properties.OrderByDescending(p => p.Schema.Choices().Count > 0))
            {
                if (property.AllowsString && properties.All(p => p.Name == name || !root.Requires(p.Name)) && TrySpell(labels, outOfScope, property.Choices(), out Dictionary<string, string>? spellings))
                {
                    return new LabelForm(json: true, name, validator, spellings);
                }
            }
        }
        else if (root.AllowsString && TrySpell(labels, outOfScope, root.Choices(), out Dictionary<string, string>? spellings))
        {
            return new LabelForm(json: true, null, validator, spellings);
        }

        throw new ClassificationException(
            ClassificationFailure.UnservableSchema,
            $"The JSON schema{(format.SchemaName is { } schemaName ? $" '{schemaName}'" : "")} has no place for a label: a string, or an object whose one required property is a string, was expected, and an enum there must hold labels. The labels are {string.Join(", ", labels.Take(10))}{(labels.Count > 10 ? ", …" : "")}.");
    }

    /// <summary>The likeliest label that the caller's schema can hold.</summary>
    internal LabelProbability Choose(Classification classification) =>
        _spellings is null ? classification.Ranked[0] : classification.Ranked.First(r => _spellings.ContainsKey(r.Label));

    /// <summary>Writes a label as the caller wants it.</summary>
    /// <exception cref="ClassificationException">It does not satisfy the schema.</exception>
    internal string Write(string label)
    {
        string spelled = _spellings?.GetValueOrDefault(label) ?? label;
        if (!_json)
        {
            return spelled;
        }

        string value = JsonSerializer.Serialize(spelled, JsonTextContext.Relaxed.String);
        string json = _property is null ? value : $"{{{JsonSerializer.Serialize(_property, JsonTextContext.Relaxed.String)}:{value}}}";
        return _validator?.Validate(json) is { Count: > 0 } errors
            ? throw new ClassificationException(ClassificationFailure.InvalidAnswer, $"The label '{label}' does not satisfy the schema: {errors[0]}.")
            : json;
    }

    /// <summary>Finds the member of an enum for each label: the same, or the same but for case and whatever is neither letter nor digit, as when labels become members of a type.</summary>
    private static bool TrySpell(IReadOnlyList<string> labels, string? outOfScope, IReadOnlyList<string> members, out Dictionary<string, string>? spellings)
    {
        spellings = null;
        if (members.Count == 0)
        {
            return true;
        }

        ILookup<string, string> byName = members.Distinct(StringComparer.Ordinal).ToLookup(Plain, StringComparer.Ordinal);
        spellings = [];
        foreach (IGrouping<string, string> same in (outOfScope is null ? labels : labels.Append(outOfScope).Distinct(StringComparer.Ordinal)).GroupBy(Plain, StringComparer.Ordinal))
        {
            foreach (string label in same)
            {
                string? member = members.Contains(label) ? label
                    : same.Count() == 1 && byName[same.Key].Take(2).ToArray() is [var only] ? only
                    : null;
                if (member is not null)
                {
                    spellings[label] = member;
                }
            }
        }

        return labels.Any(spellings.ContainsKey);
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
