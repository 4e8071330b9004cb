using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace HeteroAgent.Cli;

/// <summary>The tool's commands, and what happens around each of them.</summary>
internal static class CommandLine
{
    internal const string Name = "heteroagent";

    internal static async Task<int> RunAsync(string[] args)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        Command root = new(Name, "Small language models in this process: check the machine, look into GGUF files, chat with one, measure one, verify reasoning, search documents, train specialists.")
        {
            new HelpOption { Recursive = true, Action = new HelpWithExamples() },
            new VersionOption(),
            DoctorCommand.Create(),
            InspectCommand.Create(),
            ChatCommand.Create(),
            EvaluateCommand.Create(),
            VerifyCommand.Create(),
            ReplayCommand.Create(),
            IndexCommand.Create(),
            TuneCommand.Create(),
            MergeCommand.Create(),
            QuantizeCommand.Create(),
            SchemaCommand.Create(),
        };

        // A prompt may start with an @: it names no file of arguments here.
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Failure.Report(new UsageException(string.Join(Environment.NewLine, parsed.Errors.Select(e => e.Message))), parsed.CommandResult.Command);
        }

        try
        {
            // Ctrl-C is handled by the commands: in a conversation it ends the answer, not the program.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever went wrong becomes a message and an exit code, never a stack trace.
        catch (Exception e)
        {
            return Failure.Report(e, parsed.CommandResult.Command);
        }
#pragma warning restore CA1031
    }
}
