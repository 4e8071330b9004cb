using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace HeteroAgent.Tests;

/// <summary>An HTTP server on the loopback address that answers each request as the test says, broken answers included.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Func<Exchange, Task>> _script = new();
    private readonly ConcurrentQueue<JsonElement> _requests = new();
    private readonly Task _loop;

    public LoopbackServer(Func<Exchange, Task>? always = null)
    {
        Always = always ?? (static e => e.SendAsync(500, "{}"));
        _listener.Start();
        Endpoint = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");
        _loop = AcceptAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Answers requests that no scripted answer is left for.</summary>
    public Func<Exchange, Task> Always { get; set; }

    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    public LoopbackServer Then(Func<Exchange, Task> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                await using NetworkStream stream = connection.GetStream();
                (string path, string body) = await ReadAsync(stream, _stop.Token);
                JsonElement request = EscalationPolicyTests.Json(body);
                _requests.Enqueue(request);
                Exchange exchange = new(stream, path, request, _stop.Token);
                await (_script.TryDequeue(out Func<Exchange, Task>? next) ? next : Always)(exchange);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private static async Task<(string Path, string Body)> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        List<byte> bytes = [];
        byte[] one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            bytes.Add(one[0]);
        }

        string[] head = Encoding.ASCII.GetString([.. bytes]).Split("\r\n");
        int length = int.Parse(head.First(static h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1], CultureInfo.InvariantCulture);
        byte[] body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return (head[0].Split(' ')[1], Encoding.UTF8.GetString(body));
    }

    /// <summary>One request, and the ways to answer it. Every answer closes the connection.</summary>
    internal sealed class Exchange(NetworkStream stream, string path, JsonElement request, CancellationToken stopped)
    {
        public string Path => path;

        public bool IsStreaming => request.TryGetProperty("stream", out JsonElement streams) && streams.GetBoolean();

        public CancellationToken Stopped => stopped;

        public Task SendAsync(int status, string json, params string[] headers) =>
            WriteAsync($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\nConnection: close\r\n{string.Concat(headers.Select(static h => h + "\r\n"))}\r\n{json}");

        /// <summary>Server-sent events in HTTP chunks; without the end, the connection is cut in the middle.</summary>
        public async Task StreamAsync(IEnumerable<string> events, bool end = true)
        {
            await WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
            foreach (string data in events)
            {
                string line = $"data: {data}\n\n";
                await WriteAsync($"{Encoding.UTF8.GetByteCount(line):x}\r\n{line}\r\n");
            }

            if (end)
            {
                await WriteAsync("0\r\n\r\n");
            }
        }

        public async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stopped);
    }
}
