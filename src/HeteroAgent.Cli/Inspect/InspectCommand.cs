using System.CommandLine;
using Spectre.Console;

namespace HeteroAgent.Cli;

/// <summary><c>inspect</c>: one line a GGUF file.</summary>
internal static class InspectCommand
{
    internal const string Name = "inspect";

    internal static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "The GGUF files to look into.", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = new("--json") { Description = "Print one JSON object a line." };
        Command command = new(Name, "Say of each GGUF file what it is, or what is wrong with it.") { files, json };
        command.SetAction(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, bool json)
    {
        bool allRunnable = true;
        foreach (string file in files)
        {
            ModelSummary summary = ModelSummary.Read(file);
            allRunnable &= summary.IsRunnable;
            if (json)
            {
                JsonLine.Write(summary.WriteProperties);
            }
            else
            {
                WriteLine(summary);
            }
        }

        return allRunnable ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static void WriteLine(ModelSummary summary)
    {
        if (Terminal.IsOutputPlain)
        {
            Console.Out.WriteLine($"{(summary.IsRunnable ? "ok " : "bad")}  {summary.Describe()}");
        }
        else
        {
            Terminal.Out.Write(summary.IsRunnable ? new Markup("[green]ok [/]  ") : new Markup("[red]bad[/]  "));
            Console.Out.WriteLine(summary.Describe());
        }
    }
}
