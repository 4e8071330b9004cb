using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace HeteroAgent.Benchmarks.Structured;

/// <summary>The folder under <c>artifacts</c> that holds the peer's packages, fetched once by npm from the pinned lock file.</summary>
internal static class PeerFolder
{
    /// <summary>The folder, complete and with the current script.</summary>
    /// <exception cref="PeerException">npm is missing or could not fetch.</exception>
    internal static async Task<string> EnsureAsync()
    {
        string source = Path.Combine(ModelFile.Repository(), "benchmarks", "Structured", "peer");
        string lockFile = Path.Combine(source, "package-lock.json");
        if (!File.Exists(lockFile))
        {
            throw new PeerException($"There is no {lockFile}: run the benchmark within the repository.");
        }

        // The lock's hash names the folder, which appears only when it is complete.
        string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lockFile).ConfigureAwait(false)))[..16];
        string artifacts = Path.Combine(ModelFile.Repository(), "artifacts");
        string folder = Path.Combine(artifacts, $"structured-peer-{hash}");
        if (!Directory.Exists(folder))
        {
            string temporary = Path.Combine(artifacts, $"structured-peer-{Guid.NewGuid():N}");
            await FetchAsync(source, temporary).ConfigureAwait(false);
            Directory.Move(temporary, folder);
        }

        File.Copy(Path.Combine(source, "peer.mjs"), Path.Combine(folder, "peer.mjs"), overwrite: true);
        return folder;
    }

    /// <summary>Starts a program, with a message of its own where it is not there.</summary>
    internal static Process Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info) ?? throw new PeerException($"{info.FileName} did not start.");
        }
        catch (Win32Exception e)
        {
            throw new PeerException($"--peer node needs Node.js 20 or newer with npm, and '{info.FileName}' does not run here: {e.Message}", e);
        }
    }

    private static async Task FetchAsync(string source, string folder)
    {
        foreach (string file in (string[])["package.json", "package-lock.json", Path.Combine("absent", "package.json")])
        {
            string target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(source, file), target);
        }

        Console.Error.WriteLine("Fetching node-llama-cpp with npm, once.");
        using Process npm = Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true });
        Task<string> output = npm.StandardOutput.ReadToEndAsync();
        string error = await npm.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await output.ConfigureAwait(false);
        await npm.WaitForExitAsync().ConfigureAwait(false);
        if (npm.ExitCode != 0)
        {
            Directory.Delete(folder, recursive: true);
            throw new PeerException($"npm could not fetch node-llama-cpp (exit code {npm.ExitCode}): {error.Trim()}");
        }
    }
}
