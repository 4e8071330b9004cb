using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary><c>inspect</c>: one line a GGUF or ONNX file.</summary>
internal static class InspectCommand
{
    internal const string Name = "inspect";

    internal static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "The GGUF and ONNX files to look into.", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = new("--json") { Description = "Print one JSON object a line." };
        Command command = new(Name, "Say of each GGUF or ONNX file what it is, or what is wrong with it.") { files, json };
        command.SetAction(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, bool json)
    {
        bool allRunnable = true;
        foreach (string file in files)
        {
            if (OnnxSummary.Covers(file))
            {
                OnnxSummary onnx = OnnxSummary.Read(file);
                allRunnable &= Write(onnx.Error is null, onnx.Describe(), json ? onnx.WriteProperties : null);
            }
            else
            {
                ModelSummary summary = ModelSummary.Read(file);
                allRunnable &= Write(summary.IsRunnable, summary.Describe(), json ? summary.WriteProperties : null);
            }
        }

        return allRunnable ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static bool Write(bool isRunnable, string description, Action<Utf8JsonWriter>? writeProperties)
    {
        if (writeProperties is not null)
        {
            JsonLine.Write(writeProperties);
        }
        else if (Terminal.IsOutputPlain)
        {
            Console.Out.WriteLine($"{(isRunnable ? "ok " : "bad")}  {description}");
        }
        else
        {
            Terminal.Out.Write(isRunnable ? new Markup("[green]ok [/]  ") : new Markup("[red]bad[/]  "));
            Console.Out.WriteLine(description);
        }

        return isRunnable;
    }
}
