using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>The PostgreSQL server that is installed on this machine, with a cluster of its own in a temporary folder.</summary>
internal sealed class PostgresServer : IDisposable
{
    // The shell waits for the end of its input, and then ends the server, which does not get the shell's signals.
    private const string Guard = """
        "$0" "$@" & server=$!
        (while kill -0 $server 2>/dev/null; do sleep 1; done; kill $$ 2>/dev/null) &
        read -r _; kill -QUIT $server; wait $server
        """;

    private readonly string _folder;
    private readonly string _binaries;
    private readonly int _port = FreePort();
    private ChildServer? _child;

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        _folder = Directory.CreateTempSubdirectory("heteroagent-postgres-").FullName;
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Password=not-to-be-shown;Database=postgres;SSL Mode=Disable";

    /// <summary>A new server; the calling test is skipped where none is installed.</summary>
    public static async Task<PostgresServer> RequireAsync()
    {
        string? binaries = FindBinaries();
        if (binaries is null)
        {
            Assert.Ignore("No PostgreSQL server is installed here (initdb and postgres in the PATH, in /usr/lib/postgresql/*/bin, or in the folder that HETEROAGENT_POSTGRES_BIN names).");
        }

        PostgresServer server = new(binaries!);
        try
        {
            await server.InitialiseAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public async Task StartAsync()
    {
        string data = Path.Combine(_folder, "data");
        string[] arguments = ["-c", Guard, Path.Combine(_binaries, "postgres"), "-D", data, "-p", $"{_port}", "-k", _folder, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=40", "-c", "autovacuum=off"];
        _child = new ChildServer(RunsAsRoot ? "runuser" : "sh", RunsAsRoot ? ["-u", "nobody", "--", "sh", .. arguments] : arguments, "/");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false;Timeout=2");
        await _child.WaitAsync(async () =>
        {
            try
            {
                await using NpgsqlConnection connection = await source.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
    }

    /// <summary>Kills every process of the server at once, as a loss of power would end them.</summary>
    public void Kill()
    {
        int postmaster = int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First());
        using Process process = Process.GetProcessById(postmaster);
        process.Kill(entireProcessTree: true);
        _child?.Dispose();
    }

    public void Dispose()
    {
        _child?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool RunsAsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";

    private static string? FindBinaries()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        string? named = Environment.GetEnvironmentVariable("HETEROAGENT_POSTGRES_BIN");
        string[] debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        IEnumerable<string> folders = string.IsNullOrEmpty(named)
            ? [.. Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [], .. debian.Select(static d => Path.Combine(d, "bin")).OrderDescending()]
            : [named];
        return folders.FirstOrDefault(static f => File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "postgres")));
    }

    private async Task InitialiseAsync()
    {
        string initdb = Path.Combine(_binaries, "initdb");
        string[] arguments = ["-D", Path.Combine(_folder, "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"];
        if (RunsAsRoot)
        {
            // The server refuses to run as root.
            await RunAsync("chown", ["nobody", _folder]);
            await RunAsync("runuser", ["-u", "nobody", "--", initdb, .. arguments]);
        }
        else
        {
            await RunAsync(initdb, arguments);
        }
    }

    private static async Task RunAsync(string file, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{file}: {error} {await output}");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
