using System.CommandLine;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>quantize</c>: writes a model with smaller weights.</summary>
internal static class QuantizeCommand
{
    internal const string Name = "quantize";

    internal static Command Create()
    {
        Option<string> model = new("--model") { Description = "The model to read, best with 32-bit or 16-bit weights.", HelpName = "FILE", Required = true };
        Option<string> type = new("--type") { Description = "The format, such as q8_0, q4_0 or q4_k_m.", HelpName = "TYPE", Required = true };
        Option<string> output = new("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        Option<bool> again = new("--allow-requantize") { Description = "Also quantise weights that are quantised already." };
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Command command = new(Name, "Write a model with smaller weights.") { model, type, output, again, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(model)!, parsed.GetValue(type)!, parsed.GetValue(output)!, parsed.GetValue(again), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string model, string type, string output, bool again, bool json)
    {
        using Interruption interruption = new();
        return await interruption.RunAsync(async cancellationToken =>
        {
            ShareProgress progress = new("quantised");
            await ModelQuantizer.QuantizeAsync(model, output, type, new ModelQuantizerOptions { AllowRequantize = again }, progress, cancellationToken).ConfigureAwait(false);
            ShareProgress.End();
            WrittenModel.Report(output, GgufFile.Read(model), json);
            return ExitCodes.Success;
        }).ConfigureAwait(false);
    }
}
