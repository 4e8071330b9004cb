using System.CommandLine;
using System.Text.Json;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>schema check</c>: explains one schema.</summary>
internal static class SchemaCheckCommand
{
    internal const string Name = "check";

    internal static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A file with one JSON schema." };
        Option<string?> model = SchemaCommand.ModelOption();
        Option<string?> draft = SchemaCommand.DialectOption();
        Command command = new(Name, "Say whether a schema is supported, in which order its keys are written, and what the shortest document is.") { file, model, draft };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(model), parsed.GetValue(draft)));
        return command;
    }

    private static int Run(string file, string? model, string? draft)
    {
        JsonElement schema = SchemaFile.Read(file);
        TrialVocabulary vocabulary = SchemaCommand.Vocabulary(model);

        // Refused schemas become the tool's error, with the keyword and its place.
        SchemaOptions options = SchemaCommand.Options(closed: true, draft);
        JsonGrammar grammar = JsonGrammar.Compile(schema, options);
        SchemaSummary summary = SchemaSummary.Of(grammar, schema, options, vocabulary);
        Console.WriteLine("supported");
        Console.WriteLine(Terminal.Clean($"compiled in {summary.Compile.TotalMilliseconds:0.0} ms, first mask in {summary.FirstMask.TotalMilliseconds:0.00} ms over {vocabulary.Tokens.Count:N0} tokens"));
        if (summary.Shortest is { } shortest)
        {
            Console.WriteLine(Terminal.Clean($"shortest document ({shortest.Length} characters): {shortest}"));
        }

        if (summary.Documents is { } documents)
        {
            Console.WriteLine(Terminal.Clean($"one of {documents.Count} documents: scored as choices, none is written token by token"));
        }

        foreach (string order in summary.Orders)
        {
            Console.WriteLine(Terminal.Clean($"keys in order: {order}"));
        }

        foreach (string note in summary.Notes)
        {
            Console.WriteLine(Terminal.Clean($"note: {note}"));
        }

        return ExitCodes.Success;
    }
}
