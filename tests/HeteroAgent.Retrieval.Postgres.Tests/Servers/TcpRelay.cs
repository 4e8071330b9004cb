using System.Net;
using System.Net.Sockets;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>A port that hands everything on to a server, until it is cut.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly int _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _open = [];
    private bool _cut;

    public TcpRelay(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends every connection and takes no new one.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _cut = true;
            CloseAll();
        }
    }

    public void Restore()
    {
        lock (_open)
        {
            _cut = false;
        }
    }

    /// <summary>Ends every connection; new ones are taken at once, as behind a server that has started anew.</summary>
    public void Drop()
    {
        lock (_open)
        {
            CloseAll();
        }
    }

    public void Dispose()
    {
        Cut();
        _listener.Dispose();
    }

    private void CloseAll()
    {
        foreach (TcpClient client in _open)
        {
            client.Client.Close(0);
        }

        _open.Clear();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                TcpClient server = new();
                await server.ConnectAsync(IPAddress.Loopback, _server);
                lock (_open)
                {
                    _open.AddRange([client, server]);
                    if (_cut)
                    {
                        CloseAll();
                        continue;
                    }
                }

                _ = CopyAsync(client, server);
                _ = CopyAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            from.Client?.Close(0);
            to.Client?.Close(0);
        }
    }
}
