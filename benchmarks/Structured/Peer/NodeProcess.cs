using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The peer's process: one JSON object a line in and out, one at a time. It stays up, so that loading is not part of any answer.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private NodeProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(e.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What the peer says of itself: versions of node, node-llama-cpp, ajv and llama.cpp.</summary>
    internal JsonObject Description { get; private set; } = [];

    /// <exception cref="PeerException">Node.js or npm is missing, or the peer did not start.</exception>
    internal static async Task<NodeProcess> StartAsync(int threads)
    {
        string folder = await PeerFolder.EnsureAsync().ConfigureAwait(false);
        NodeProcess node = new(PeerFolder.Start(new ProcessStartInfo("node", ["peer.mjs", threads.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        }));
        node.Description = await node.ReadAsync().ConfigureAwait(false);
        return node;
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="ContenderException">The peer answers with an error.</exception>
    /// <exception cref="PeerException">The peer has ended.</exception>
    internal async Task<JsonObject> AskAsync(JsonObject request)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(request.ToJsonString()).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Ended(e);
        }

        JsonObject answer = await ReadAsync().ConfigureAwait(false);
        return answer["error"] is { } error ? throw new ContenderException((string)error!) : answer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private async Task<JsonObject> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line ? JsonNode.Parse(line)!.AsObject() : throw Ended(null);

    private PeerException Ended(Exception? inner)
    {
        lock (_errors)
        {
            return new PeerException($"The peer ended: {_errors.ToString().Trim()}", inner);
        }
    }
}
