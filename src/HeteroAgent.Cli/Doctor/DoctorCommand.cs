using System.CommandLine;

namespace HeteroAgent.Cli;

/// <summary><c>doctor</c>: what this machine has, what is missing and what to do.</summary>
internal static class DoctorCommand
{
    internal const string Name = "doctor";

    internal static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the report as one JSON object." };
        Command command = new(Name, "Check the native libraries, devices, cores, memory and models of this machine.") { json };
        command.SetAction(parsed =>
        {
            Diagnosis diagnosis = Diagnosis.Make();
            if (parsed.GetValue(json))
            {
                DoctorReport.WriteJson(diagnosis);
            }
            else
            {
                DoctorReport.Write(diagnosis);
            }

            return diagnosis.CanRun ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
