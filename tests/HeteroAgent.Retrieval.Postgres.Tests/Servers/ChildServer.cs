using System.Diagnostics;
using System.Text;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>A server in a process of its own that ends with its standard input: also where this process is killed.</summary>
internal sealed class ChildServer : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public ChildServer(string file, IEnumerable<string> arguments, string folder)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Receive(e.Data);
        _process.ErrorDataReceived += (_, e) => Receive(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Waits until something is true; fails with what the process wrote.</summary>
    public async Task WaitAsync(Func<Task<bool>> ready)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await ready())
        {
            if (HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException($"The server did not start: {Output}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Closes its input and waits for its end.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        if (!_process.WaitForExit(10_000))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Receive(string? line)
    {
        lock (_output)
        {
            _ = _output.AppendLine(line);
        }
    }
}
