using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HeteroAgent.LlamaCpp;

/// <summary>Prompt prefixes in a folder, of one model and its adapters. Safe for any number of threads, and for several processes on one folder.</summary>
/// <remarks>It is only a cache: where the folder cannot be read or written, or a file is damaged, prompts are decoded as without it.</remarks>
internal sealed partial class PrefixCache : IDisposable
{
    // Less is one chunk of a prompt: decoded in about the time of two or three tokens.
    private const int LeastSaved = 64;

    private readonly Lock _gate = new();
    private readonly LlamaModel _model;
    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly ConditionalWeakTable<object, Lazy<byte[]>> _keys = [];
    private readonly Dictionary<string, SavedPrefix?> _known = [];
    private readonly List<byte[]> _served = [];
    private readonly RecurringPrefixes _recurring = new();
    private DateTime _read;

    internal PrefixCache(LlamaModel model, string folder, long maxBytes)
    {
        _model = model;
        _folder = folder;
        _maxBytes = maxBytes;
    }

    /// <summary>Looks up what is saved of a prompt, and whether a part of it is worth saving. May read from the disk.</summary>
    internal void Attach(GenerationRequest request)
    {
        try
        {
            int[] prompt = [.. request.Tokens];
            byte[] key = Key(request.Adapter);
            lock (_gate)
            {
                if (!_served.Exists(k => k.AsSpan().SequenceEqual(key)))
                {
                    _served.Add(key);
                    _read = default;
                }

                Refresh();
                request.PrefixKey = key;
                request.Saved = Find(key, prompt);
                request.SaveLength = request.SavesPrefix ? prompt.Length : _recurring.Note(key, prompt);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the folder there is nothing to find.
            LlamaEvents.PrefixCacheFault(_model.Logger, e, _model.Name, _folder);
        }
    }

    /// <summary>Whether a prefix should be written now: long enough, and not mostly there already.</summary>
    internal bool IsWorthSaving(byte[] key, ReadOnlySpan<int> prefix, bool asked)
    {
        lock (_gate)
        {
            int there = Find(key, prefix)?.Tokens.CommonPrefixLength(prefix) ?? 0;
            return asked ? there < prefix.Length : prefix.Length >= LeastSaved && there + LeastSaved <= prefix.Length && _writing.Count == 0;
        }
    }

    /// <summary>Reads a file and notes its use; one that is not sound is deleted.</summary>
    internal byte[]? Read(SavedPrefix saved)
    {
        try
        {
            byte[]? file = PrefixFile.Read(saved.Path, saved.Key, saved.Tokens);
            if (file is null)
            {
                Discard(saved);
                return null;
            }

            File.SetLastWriteTimeUtc(saved.Path, DateTime.UtcNow);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process deleted it, or may read what this one may not.
            lock (_gate)
            {
                _known[saved.Path] = null;
            }

            return null;
        }
    }

    /// <summary>Deletes a file that cannot be used.</summary>
    internal void Discard(SavedPrefix saved)
    {
        LlamaEvents.PrefixCacheFault(_model.Logger, null, _model.Name, saved.Path);
        lock (_gate)
        {
            Delete(saved.Path);
        }
    }

    private SavedPrefix? Find(byte[] key, ReadOnlySpan<int> prompt)
    {
        SavedPrefix? best = null;
        int longest = 0;
        foreach (SavedPrefix? saved in _known.Values)
        {
            if (saved is not null && saved.Key.SequenceEqual(key))
            {
                int shared = saved.Tokens.CommonPrefixLength(prompt);

                // Of two that begin alike, the shorter is read faster.
                if (shared > longest || (shared == longest && best is not null && saved.Tokens.Length < best.Tokens.Length))
                {
                    (best, longest) = (saved, shared);
                }
            }
        }

        return best;
    }

    /// <summary>The key of a model and an adapter; computed outside the lock, since it reads the files.</summary>
    private byte[] Key(LlamaAdapter? adapter) =>
        _keys.GetValue(adapter is null ? _model : adapter, _ => new Lazy<byte[]>(() => PrefixKey.Of(_model, adapter), LazyThreadSafetyMode.PublicationOnly)).Value;

    /// <summary>Learns of files that were written since the last time, by this process before or by others.</summary>
    private void Refresh()
    {
        DateTime written = Directory.GetLastWriteTimeUtc(_folder);
        if (written == _read)
        {
            return;
        }

        HashSet<string> present = [];
        foreach (string path in Directory.EnumerateFiles(_folder, "*" + PrefixFile.Extension))
        {
            present.Add(path);
            byte[]? key = _served.Find(k => Path.GetFileName(path).StartsWith(FileName(k), StringComparison.Ordinal));
            if (key is not null && !_known.ContainsKey(path))
            {
                Learn(path, key);
            }
        }

        foreach (string gone in _known.Keys.Where(p => !present.Contains(p)).ToArray())
        {
            _known.Remove(gone);
        }

        _read = written;
    }

    private void Learn(string path, byte[] key)
    {
        try
        {
            if (PrefixFile.ReadTokens(path, key) is { } tokens)
            {
                _known[path] = new SavedPrefix(path, key, tokens);
            }
            else
            {
                Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _known[path] = null;
        }
    }

    private void Delete(string path)
    {
        _known.Remove(path);
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _known[path] = null;
        }
    }

    /// <summary>The name of a file: the key first, so that those of other models are told apart unopened.</summary>
    private static string FileName(byte[] key) => Convert.ToHexStringLower(key.AsSpan(0, 8)) + "-";

    private static string FileName(byte[] key, ReadOnlySpan<int> tokens) =>
        FileName(key) + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tokens)).AsSpan(0, 16)) + PrefixFile.Extension;
}
