using LLama.Native;

namespace HeteroAgent.LlamaCpp;

/// <summary>Writes a text in tokens with the marks that its model expects at start and end. Immutable and thread-safe.</summary>
internal sealed class EmbeddingTokenizer
{
    private readonly LlamaModel _model;
    private readonly int _start;
    private readonly int _end;

    internal EmbeddingTokenizer(LlamaModel model, int limit)
    {
        _model = model;
        Limit = limit;
        SafeLlamaModelHandle.Vocabulary vocabulary = model.Handle.Vocab;
        bool wordPiece = vocabulary.Type == LLamaVocabType.WordPiece;
        _start = wordPiece || model.Vocabulary.AddsBos ? model.Vocabulary.Bos : -1;
        _end = (int)((wordPiece ? vocabulary.SEP : vocabulary.ShouldAddEOS ? vocabulary.EOS : null) ?? -1);
    }

    /// <summary>The most tokens of one text, marks included.</summary>
    internal int Limit { get; }

    /// <summary>The tokens of a text. Control tokens written in it stay text; an empty one is its marks alone, or the end token where there are none.</summary>
    /// <exception cref="ContextOverflowException">It has too many tokens and may not be cut.</exception>
    internal int[] Encode(string text, bool truncate)
    {
        List<int> tokens = new((text.Length / 2) + 2);
        if (_start >= 0)
        {
            tokens.Add(_start);
        }

        _model.Vocabulary.AppendPlain(text, tokens);
        int count = tokens.Count + (_end >= 0 ? 1 : 0);
        if (count > Limit)
        {
            if (!truncate)
            {
                throw new ContextOverflowException($"A text has {count} tokens, and {_model.Name} embeds at most {Limit} at once. Split the text, or set LlamaEmbeddingOptions.Truncate to have its end cut off.", count, Limit);
            }

            tokens.RemoveRange(Limit - (count - tokens.Count), count - Limit);
        }

        if (_end >= 0 || tokens.Count == 0)
        {
            tokens.Add(_end >= 0 ? _end : Math.Max(0, _model.Vocabulary.EndOfTurn));
        }

        return [.. tokens];
    }
}
