using System.CommandLine;
using System.Text.Json;
using HeteroAgent.LlamaCpp;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary><c>evaluate</c>: how often a specialist is right, and whether its confidence says so.</summary>
internal static class EvaluateCommand
{
    internal const string Name = "evaluate";

    internal static Command Create()
    {
        Option<string[]> model = new("--model") { Description = "The specialist's file; several extractive models are averaged.", HelpName = "FILE", Required = true, Arity = ArgumentArity.OneOrMore };
        Option<string?> adapter = new("--adapter") { Description = "A LoRA adapter for the model.", HelpName = "FILE" };
        Option<string?> encoder = new("--encoder") { Description = "The embedding model that a classifier's head was trained on.", HelpName = "FILE" };
        Option<string> data = new("--data") { Description = "The examples: JSON lines, in any form that tuning reads.", HelpName = "FILE", Required = true };
        Option<string?> schema = new("--schema") { Description = "A file with the JSON schema that every answer has to follow. [default: the tools in the data, else free text]", HelpName = "FILE" };
        Option<int> maxTokens = new("--max-tokens") { Description = "The most tokens of one answer.", HelpName = "N", DefaultValueFactory = _ => 256 };
        Option<string?> template = new("--template") { Description = "The name of a chat template, for a model without a known one.", HelpName = "NAME" };
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        maxTokens.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < 1)
            {
                result.AddError($"--max-tokens is {value}; it must be at least 1.");
            }
        });
        Command command = new(Name, "Measure a specialist on examples whose answers are known.") { model, adapter, encoder, data, schema, maxTokens, template, json };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(model)!,
            parsed.GetValue(adapter),
            parsed.GetValue(encoder),
            parsed.GetValue(data)!,
            parsed.GetValue(schema),
            parsed.GetValue(maxTokens),
            parsed.GetValue(template),
            parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string[] models, string? adapter, string? encoder, string data, string? schema, int maxTokens, string? template, bool json)
    {
        TuningEvaluationOptions options = new() { Schema = schema is null ? null : SchemaFile.Read(schema), MaxOutputTokens = maxTokens };
        using Interruption interruption = new();
        TuningSet set = await interruption.RunAsync(cancellationToken => TuningSet.ReadAsync(data, new TuningSetOptions { MinExamples = 1, KeepDuplicates = true }, cancellationToken)).ConfigureAwait(false);
        using Specialist specialist = await interruption.RunAsync(cancellationToken => Specialist.LoadAsync(models, adapter, encoder, template, cancellationToken)).ConfigureAwait(false);
        options.OfferTools = specialist.TakesTools;
        TuningEvaluation evaluation = await interruption.RunAsync(cancellationToken => EvaluateAsync(specialist, set, options, quiet: json || Terminal.IsErrorPlain, cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            JsonLine.Write(writer => EvaluationJson.Write(writer, specialist, set, evaluation));
        }
        else
        {
            EvaluationText.Write(specialist, set, evaluation);
        }

        return evaluation.Errors.Count() < set.Examples.Count ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task<TuningEvaluation> EvaluateAsync(Specialist specialist, TuningSet set, TuningEvaluationOptions options, bool quiet, CancellationToken cancellationToken)
    {
        if (quiet)
        {
            return await TuningEvaluator.EvaluateAsync(specialist.Client, set, options, progress: null, cancellationToken).ConfigureAwait(false);
        }

        return await Terminal.Error.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask("Evaluating", maxValue: set.Examples.Count);
                return await TuningEvaluator.EvaluateAsync(specialist.Client, set, options, new Counter(task), cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    // Progress<T> posts its reports, so that the last ones would come after the end.
    private sealed class Counter(ProgressTask task) : IProgress<int>
    {
        public void Report(int value) => task.Value = value;
    }
}
