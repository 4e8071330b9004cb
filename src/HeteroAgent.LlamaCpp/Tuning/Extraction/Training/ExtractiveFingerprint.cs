using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells one set of examples from another.</summary>
internal static class ExtractiveFingerprint
{
    internal static string Of(ExtractiveSet set)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ExtractiveExample example in set.Examples)
        {
            IEnumerable<string> values = [.. example.Spans.Select(s => $"{s.Slot}:{s.Start}:{s.Length}"), .. example.Closed.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}")];
            hash.AppendData(Encoding.UTF8.GetBytes($"{example.Request}\0{example.Tool}\0{string.Join('\0', values)}\n"));
        }

        // Members that no example has are outputs of the model as well.
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\0', set.ClosedSlots.SelectMany(c => c.ValueTokens))));
        return $"data={Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }
}
