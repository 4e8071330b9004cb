using System.Diagnostics;
using System.Text;
using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary>What there is to say about a schema that is supported.</summary>
/// <param name="Compile">How long compiling takes.</param>
/// <param name="FirstMask">How long the first mask takes.</param>
/// <param name="Shortest">The shortest document, or null where it depends on a source of spans.</param>
/// <param name="Documents">All documents where there are only a few, or null.</param>
/// <param name="Orders">The order of the keys of each object that lists some.</param>
/// <param name="Notes">What a reader may not expect.</param>
internal sealed record SchemaSummary(TimeSpan Compile, TimeSpan FirstMask, string? Shortest, IReadOnlyList<string>? Documents, IReadOnlyList<string> Orders, IReadOnlyList<string> Notes)
{
    internal static SchemaSummary Of(JsonGrammar grammar, JsonElement schema, SchemaOptions options, TrialVocabulary vocabulary)
    {
        long start = Stopwatch.GetTimestamp();
        _ = LlamaCpp.SchemaCompiler.Compile(schema, options);
        TimeSpan compile = Stopwatch.GetElapsedTime(start);
        TimeSpan mask = default;
        string? shortest = null;
        if (!grammar.HasSpans)
        {
            GrammarState state = grammar.CreateState(vocabulary.Tokens);
            start = Stopwatch.GetTimestamp();
            state.FillMask(new ulong[vocabulary.Tokens.MaskLength], int.MaxValue);
            mask = Stopwatch.GetElapsedTime(start);
            shortest = Encoding.UTF8.GetString(state.ShortestCompletion());
        }

        ChoiceSet.TryEnumerate(grammar, out IReadOnlyList<string>? documents);
        List<string> orders = [.. grammar.Objects.Where(o => o.Properties.Count > 1).Select(o => $"{o.Pointer}: {string.Join(", ", o.Properties.Select(p => $"{Encoding.UTF8.GetString(p.Key)[..^1]}{(p.Required ? "" : "?")}"))}").Distinct()];
        List<string> notes = [];
        if (grammar.HasSpans)
        {
            notes.Add("x-span: the values depend on the text of the request.");
        }

        if (!grammar.Objects.Any(o => o.Unlisted.Count > 0) && grammar.Objects.Any(o => o.Properties.Count > 0))
        {
            notes.Add("properties that the schema does not mention are not written, though it allows them unless additionalProperties is false; \"additionalProperties\": true offers them.");
        }

        return new SchemaSummary(compile, mask, shortest, documents, orders, notes);
    }
}
