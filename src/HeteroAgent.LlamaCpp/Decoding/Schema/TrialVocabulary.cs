using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>A model's tokens, read from its file without loading the model, and text cut into the longest of them. Immutable and thread-safe.</summary>
internal sealed class TrialVocabulary
{
    private readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);

    private TrialVocabulary(List<byte[]?> pieces)
    {
        Tokens = new TokenVocabulary(pieces, []);
        for (int id = 0; id < pieces.Count; id++)
        {
            if (pieces[id] is { Length: > 0 } piece)
            {
                _byText.TryAdd(Encoding.Latin1.GetString(piece), id);
            }
        }
    }

    /// <summary>The tokens.</summary>
    public TokenVocabulary Tokens { get; }

    /// <summary>Reads the vocabulary of a model with byte-level BPE.</summary>
    /// <exception cref="LlamaModelException">The model has another vocabulary.</exception>
    /// <exception cref="GgufException">The file is no GGUF file or is damaged.</exception>
    public static TrialVocabulary Read(string path)
    {
        GgufFile file = GgufFile.Read(path);
        if (file.TokenizerModel != "gpt2" || !file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out IReadOnlyList<string>? tokens))
        {
            throw new LlamaModelException(path, "a byte-level BPE vocabulary is needed here (tokenizer.ggml.model 'gpt2' with its tokens).");
        }

        var bytes = Enumerable.Range(0, 256).ToDictionary(b => BytePairTrainer.ByteSymbol((byte)b), b => (byte)b);
        return new TrialVocabulary([.. tokens.Select(t => t.All(bytes.ContainsKey) && !t.StartsWith('<') ? t.Select(c => bytes[c]).ToArray() : t.Length == 1 ? [bytes[t[0]]] : null)]);
    }

    /// <summary>The longest tokens one after the other.</summary>
    public IEnumerable<int> Tokenize(byte[] text)
    {
        string all = Encoding.Latin1.GetString(text);
        for (int at = 0; at < all.Length;)
        {
            int length = Math.Min(Tokens.MaxTokenLength, all.Length - at);
            int token;
            while (!_byText.TryGetValue(all.Substring(at, length), out token))
            {
                if (--length == 0)
                {
                    throw new InvalidOperationException($"The vocabulary has no token for the byte 0x{text[at]:X2}.");
                }
            }

            yield return token;
            at += length;
        }
    }
}
