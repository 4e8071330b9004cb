using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using HeteroAgent.Onnx;
using HeteroAgent.Starter;

namespace HeteroAgent.Cli;

/// <summary><c>verify</c>: scores the steps of recorded reasoning traces.</summary>
internal static class VerifyCommand
{
    internal const string Name = "verify";

    internal static Command Create()
    {
        Option<string?> input = new("--input") { Description = "JSON lines of {\"id\", \"question\", \"steps\": [string…], \"answer\"?}; - reads standard input." };
        Option<bool> json = new("--json") { Description = "Print one JSON object a trace." };
        Option<string?> model = new("--model") { Description = "Another process verifier (an ONNX file) than the one that comes with the tool." };
        Command command = new(Name, "Score each step of reasoning traces, and say where the first error stands.") { input, json, model, VerifyTrainCommand.Create(), VerifyOperationsCommand.Create() };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(input), parsed.GetValue(json), parsed.GetValue(model), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? input, bool json, string? model, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(input))
        {
            throw new UsageException("Name the traces with --input FILE, or - for standard input.");
        }

        using ProcessVerifier verifier = model is null ? StarterVerifier.Load() : ProcessVerifier.Load(model);
        using TextReader reader = input == "-" ? Console.In : new StreamReader(input);
        await WarmUpAsync(verifier, cancellationToken).ConfigureAwait(false);
        int number = 0;
        int refused = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                TraceLine trace = TraceLine.Parse(line);
                long start = Stopwatch.GetTimestamp();
                VerificationResult result = await verifier.VerifyAsync(trace.Trace, cancellationToken).ConfigureAwait(false);
                double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (json)
                {
                    JsonLine.Write(w => TraceReport.WriteProperties(w, trace, result, milliseconds));
                }
                else
                {
                    TraceReport.WriteText(Console.Out, trace, result);
                }
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                refused++;
                Terminal.WriteError($"line {number}: {Failure.Message(e)}", null);
            }
        }

        return refused == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    // The first calls compile code and fill caches; a trace's time should be its own.
    private static async Task WarmUpAsync(ProcessVerifier verifier, CancellationToken cancellationToken)
    {
        ReasoningTrace trace = new("Tom has 3 boxes of 12 eggs and breaks 1/4 of them. How many are left?", ["He has 3 * 12 = 36 eggs.", "He breaks \\(\\frac{1}{4} \\cdot 36 = 9\\) eggs.", "So 36 - 9 = 27 are left."]) { Answer = "27" };
        for (int i = 0; i < 200; i++)
        {
            await verifier.VerifyAsync(trace, cancellationToken).ConfigureAwait(false);
        }
    }
}
