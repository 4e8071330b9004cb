using System.CommandLine;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>schema test</c>: whether schemas are supported, and whether their instances are told apart.</summary>
internal static class SchemaTestCommand
{
    internal const string Name = "test";

    internal static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "JSON lines of {\"id\", \"schema\", \"tests\": [{\"data\", \"valid\"}]}, or files of the official test suite.", Arity = ArgumentArity.OneOrMore };
        Option<string?> model = SchemaCommand.ModelOption();
        Option<bool> closed = SchemaCommand.ClosedOption();
        Option<string?> draft = SchemaCommand.DialectOption();
        Option<bool> json = new("--json") { Description = "Print one JSON object a schema." };
        Command command = new(Name, "Read instances under their schemas, as constrained decoding would write them: compact, with keys in the schema's order.") { files, model, closed, draft, json };
        command.SetAction(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(model), parsed.GetValue(closed), parsed.GetValue(draft), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string? model, bool closed, string? draft, bool json)
    {
        TrialVocabulary vocabulary = SchemaCommand.Vocabulary(model);
        SchemaTally total = new();
        foreach (string file in files)
        {
            // The official suite keeps the drafts in folders and does not name them in old schemas.
            string? implied = draft ?? (Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) switch { "draft7" => "7", "draft4" => "4", "draft2020-12" => "2020-12", _ => null });
            SchemaTally tally = new();
            foreach (SchemaCase one in SchemaCase.Read(file))
            {
                SchemaResult result = SchemaResult.Of(one, SchemaCommand.Options(closed, implied), vocabulary);
                tally.Add(one, result);
                total.Add(one, result);
                if (json)
                {
                    JsonLine.Write(writer => result.Write(writer, one.Id));
                }
            }

            if (!json)
            {
                Console.Out.WriteLine($"{Path.GetFileName(file)}: {tally}");
            }
        }

        if (!json)
        {
            Console.Out.WriteLine($"all: {total}");
            foreach (string line in total.Details())
            {
                Console.Out.WriteLine(line);
            }
        }

        return ExitCodes.Success;
    }
}
