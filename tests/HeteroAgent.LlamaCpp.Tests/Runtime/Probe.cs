using System.Diagnostics;
using System.Text.Json;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>A child process that answers each line of input with one line of JSON.</summary>
internal sealed class Probe : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    internal Probe(params string[] arguments)
    {
        // artifacts/bin/<project>/<configuration>
        DirectoryInfo output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string program = Path.Combine(output.Parent!.Parent!.FullName, "HeteroAgent.RuntimeProbe", output.Name, "HeteroAgent.RuntimeProbe.dll");
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The next answer; a process that died instead is an exception that carries what it wrote.</summary>
    internal async Task<JsonElement> ReadAsync(CancellationToken cancellationToken)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            await _process.WaitForExitAsync(cancellationToken);
            throw new InvalidOperationException($"The process ended with code {_process.ExitCode}: {await _errors}");
        }

        return JsonDocument.Parse(line).RootElement;
    }

    internal async Task<JsonElement> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
