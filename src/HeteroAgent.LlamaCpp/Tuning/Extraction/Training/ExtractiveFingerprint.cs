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
            hash.AppendData(Encoding.UTF8.GetBytes($"{example.Request}\0{example.Tool}\0{string.Join('\0', example.Spans.Select(s => $"{s.Slot}:{s.Start}:{s.Length}"))}\n"));
        }

        return $"data={Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }
}
