using System.Diagnostics;
using System.Text;

namespace HeteroAgent.Cli.Tests;

/// <summary>Runs the built tool as a process of its own, as a shell would, with everything redirected.</summary>
internal static class Tool
{
    // Far beyond what any run takes: it ends a hanging process, it measures nothing.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    internal static Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(new ToolRun(arguments));

    internal static async Task<ToolResult> RunAsync(ToolRun run)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = run.Folder ?? Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, run.Program));
        run.Arguments.ToList().ForEach(start.ArgumentList.Add);
        foreach ((string name, string? value) in run.Environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(run.Input);
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }
}
