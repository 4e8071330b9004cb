using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Tells base models apart: SHA-256 over every tensor's name, type, shape and data. Thread-safe.</summary>
internal static class LoraFingerprint
{
    internal const string Key = "heteroagent.base.fingerprint";
    private const int PieceBytes = 1 << 20;

    // A file is hashed once, however many adapters are put beside it.
    private static readonly ConditionalWeakTable<GgufFile, string> Known = [];

    /// <summary>The fingerprint in lower-case hexadecimal digits. Metadata does not count, nor does the tensors' order.</summary>
    internal static string Of(GgufFile file)
    {
        if (!Known.TryGetValue(file, out string? fingerprint))
        {
            fingerprint = Compute(file);
            Known.AddOrUpdate(file, fingerprint);
        }

        return fingerprint;
    }

    /// <summary>The fingerprint of the base that an adapter names, or null.</summary>
    internal static string? StatedBy(GgufFile adapter) => adapter.Metadata.TryGetString(Key, out string? text) ? text : null;

    /// <summary>Requires that a model is the base that an adapter names, where it names one.</summary>
    /// <exception cref="GgufException">It is another.</exception>
    internal static void RequireFits(GgufFile adapter, GgufFile model)
    {
        if (StatedBy(adapter) is { } expected && Of(model) is { } found && found != expected)
        {
            throw RunnableCheck.Error(adapter, GgufError.Incoherent, $"the adapter was trained on a base of the same shape with other weights: it expects the fingerprint {expected}, and {model.Path ?? "the model"} has {found}");
        }
    }

    private static string Compute(GgufFile file)
    {
        ConcurrentDictionary<string, byte[]> hashes = new(StringComparer.Ordinal);
        using (GgufTensorData data = new(file))
        {
            Parallel.ForEach(file.Tensors, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, tensor => hashes[tensor.Name] = Hash(data, tensor));
        }

        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (GgufTensor tensor in file.Tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            all.AppendData(hashes[tensor.Name]);
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    private static byte[] Hash(GgufTensorData data, GgufTensor tensor)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tensor.Name}\n{(int)tensor.Type}\n{string.Join(',', tensor.Shape)}\n")));
        data.ReadBytes(tensor, PieceBytes, hash.AppendData);
        return hash.GetHashAndReset();
    }
}
