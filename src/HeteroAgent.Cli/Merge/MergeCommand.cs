using System.CommandLine;
using HeteroAgent.LlamaCpp;

namespace HeteroAgent.Cli;

/// <summary><c>merge</c>: folds a LoRA adapter into its base.</summary>
internal static class MergeCommand
{
    internal const string Name = "merge";

    internal static Command Create()
    {
        Option<string> model = new("--model") { Description = "The base model.", HelpName = "FILE", Required = true };
        Option<string> adapter = new("--adapter") { Description = "The LoRA adapter that was trained on it.", HelpName = "FILE", Required = true };
        Option<string> output = new("--out") { Description = "The file to write.", HelpName = "FILE", Required = true };
        Option<string?> type = new("--type") { Description = "How matrices are stored, such as f16 or q8_0; without it as the base stores them.", HelpName = "TYPE" };
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Command command = new(Name, "Fold a LoRA adapter into its base model.") { model, adapter, output, type, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(model)!, parsed.GetValue(adapter)!, parsed.GetValue(output)!, parsed.GetValue(type), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string model, string adapter, string output, string? type, bool json)
    {
        GgmlType? wanted = type is null ? null : Parse(type);
        using Interruption interruption = new();
        return await interruption.RunAsync(cancellationToken => Task.Run(
            () =>
            {
                GgufFile baseModel = GgufFile.ReadModel(model);
                ShareProgress progress = new("merged");
                LoraMerge.Write(baseModel, LoraAdapterFile.Read(adapter), output, wanted, progress, cancellationToken);
                ShareProgress.End();
                WrittenModel.Report(output, baseModel, json);
                return ExitCodes.Success;
            },
            cancellationToken)).ConfigureAwait(false);
    }

    private static GgmlType Parse(string type) => Enum.GetNames<GgmlType>().FirstOrDefault(n => string.Equals(n, type, StringComparison.OrdinalIgnoreCase)) is { } name
        ? Enum.Parse<GgmlType>(name)
        : throw new UsageException($"--type '{type}' is no tensor type: f32, f16, bf16, q8_0, q6_k, q5_k, q4_k, q4_1 and q4_0 are some.");
}
