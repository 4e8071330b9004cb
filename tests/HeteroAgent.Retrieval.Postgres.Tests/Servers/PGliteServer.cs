using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HeteroAgent.Retrieval.Postgres.Tests;

/// <summary>PostgreSQL with pgvector by PGlite, one for all tests. It serves one connection at a time.</summary>
internal sealed partial class PGliteServer : IDisposable
{
    private static readonly Lazy<Task<PGliteServer>> Shared = new(StartAsync);
    private readonly ChildServer _child;

    private PGliteServer(ChildServer child, int port)
    {
        _child = child;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString => ConnectionStringFor(Port);

    public static string ConnectionStringFor(int port) => $"Host=127.0.0.1;Port={port};Username=postgres;Password=not-to-be-shown;Database=postgres;SSL Mode=Disable;Maximum Pool Size=1;Timeout=60";

    /// <summary>The running server; the calling test is skipped where it cannot run here.</summary>
    public static async Task<PGliteServer> RequireAsync()
    {
        string folder = Folder;
        if (!Directory.Exists(folder))
        {
            Assert.Ignore("PGlite is not here: the build fetches it with npm (Node.js 20 or newer) where the registry can be reached.");
        }

        try
        {
            return await Shared.Value;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("node is not here: PGlite needs Node.js 20 or newer.");
            throw;
        }
    }

    public static async Task StopAsync()
    {
        if (Shared.IsValueCreated && Shared.Value.IsCompletedSuccessfully)
        {
            (await Shared.Value).Dispose();
        }
    }

    public void Dispose() => _child.Dispose();

    private static string Folder => typeof(PGliteServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "PGliteFolder").Value!;

    private static async Task<PGliteServer> StartAsync()
    {
        ChildServer child = new("node", ["server.mjs"], Folder);
        await child.WaitAsync(() => Task.FromResult(Listening().IsMatch(child.Output)));
        return new PGliteServer(child, int.Parse(Listening().Match(child.Output).Groups[1].Value));
    }

    [GeneratedRegex(@"listening 127\.0\.0\.1:(\d+)\s")]
    private static partial Regex Listening();
}
