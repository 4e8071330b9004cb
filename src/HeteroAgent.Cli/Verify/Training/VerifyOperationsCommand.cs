using System.CommandLine;
using System.Text.Json;

namespace HeteroAgent.Cli;

/// <summary><c>verify train-operations</c>: fits the model of operations that is compiled into the library, before <c>verify train</c> uses it.</summary>
internal static class VerifyOperationsCommand
{
    // The solutions before this row are damaged to train the verifier; a model that had seen them would know the damage too well.
    private const int FirstRow = 3800;

    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The folder that holds gsm8k/train.jsonl.", Required = true };
        Option<string> output = new("--out") { Description = "The file to write: src/HeteroAgent/Verification/Operations/operations.bin.", Required = true };
        Option<int> seed = new("--seed") { Description = "The seed of the order of the solutions.", DefaultValueFactory = static _ => 1 };
        Command command = new("train-operations", "Fit the model of operations on worked solutions; the library is built with it.") { data, output, seed };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed.GetValue(data)!, parsed.GetValue(output)!, parsed.GetValue(seed), cancellationToken)));
        return command;
    }

    private static int Run(string data, string output, int seed, CancellationToken cancellationToken)
    {
        (string, IReadOnlyList<string>)[] solutions = [.. Corpus.Lines(Path.Combine(data, "gsm8k", "train.jsonl")).Skip(FirstRow).Select(Solution)];
        if (solutions.Length == 0)
        {
            throw new UsageException($"'{data}' holds no gsm8k/train.jsonl of more than {FirstRow} rows.");
        }

        File.WriteAllBytes(output, OperationModelTrainer.Train(solutions, seed, cancellationToken).ToBytes());
        Terminal.WriteRemark($"{output}: fitted on {solutions.Length} solutions");
        return ExitCodes.Success;
    }

    private static (string, IReadOnlyList<string>) Solution(JsonElement row) =>
        (row.GetProperty("question").GetString()!, GradeSchool.Unmarked(row.GetProperty("answer").GetString()!.Split("####")[0]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
