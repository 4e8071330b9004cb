using System.CommandLine;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>schema</c>: what constrained decoding makes of JSON schemas.</summary>
internal static class SchemaCommand
{
    internal const string Name = "schema";

    internal static Command Create() => new(Name, "See what constrained decoding makes of JSON schemas.")
    {
        SchemaTestCommand.Create(),
        SchemaCheckCommand.Create(),
    };

    internal static Option<string?> ModelOption() => new("--model") { Description = "The GGUF file whose tokens are used. [default: the starter's]", HelpName = "FILE" };

    internal static Option<bool> ClosedOption() => new("--closed") { Description = "Read objects as they are written: without properties that the schema leaves open and does not mention." };

    internal static Option<string?> DialectOption()
    {
        Option<string?> option = new("--draft") { Description = "The draft of schemas without $schema: 4, 7 or 2020-12. [default: what stands beside a $ref holds, as in 2020-12, and keywords of both are read]", HelpName = "DRAFT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Dialects.ContainsKey(result.Tokens[0].Value))
            {
                result.AddError($"--draft is '{result.Tokens[0].Value}'; 4, 7 or 2020-12 is accepted.");
            }
        });
        return option;
    }

    private static readonly Dictionary<string, SchemaDialect> Dialects = new(StringComparer.Ordinal)
    {
        ["4"] = SchemaDialect.Draft4,
        ["7"] = SchemaDialect.Draft7,
        ["2020-12"] = SchemaDialect.Draft2020,
    };

    internal static SchemaOptions Options(bool closed, string? draft) =>
        new(IsOpen: !closed, draft is null ? SchemaDialect.Unstated : Dialects[draft]);

    internal static TrialVocabulary Vocabulary(string? model) => TrialVocabulary.Read(model ?? Starter.StarterModel.Paths[0]);
}
