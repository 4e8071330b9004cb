using System.Text;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>The vocabulary of a real model, read from its file.</summary>
internal static class RealVocabulary
{
    private static readonly Lazy<List<byte[]?>> PieceList = new(Read);

    public static TokenVocabulary Create() => new(PieceList.Value, [0, 2]);

    private static List<byte[]?> Read()
    {
        GgufFile file = GgufFile.Read(SharedData.Require("models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        Assert.That(file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out IReadOnlyList<string>? tokens), Is.True);

        // GPT-2 writes each byte as a printable character: the printable ones stand for themselves, the others follow from U+0100.
        var bytes = new Dictionary<char, byte>();
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            bytes[(char)(printable ? value : next++)] = (byte)value;
        }

        // The first 17 tokens are control tokens.
        return [.. tokens!.Select((t, id) => id < 17 ? null : t.All(bytes.ContainsKey) ? t.Select(c => bytes[c]).ToArray() : Encoding.UTF8.GetBytes(t))];
    }
}
