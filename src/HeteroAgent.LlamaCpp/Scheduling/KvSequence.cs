using System.Runtime.InteropServices;

namespace HeteroAgent.LlamaCpp;

/// <summary>One sequence of the KV cache: the tokens that have been decoded into it, and who uses it.</summary>
internal sealed class KvSequence(int id)
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _cells = [];

    internal int Id { get; } = id;

    /// <summary>The request that is decoding into this sequence, or null while it is only kept for reuse.</summary>
    internal GenerationRequest? Owner { get; set; }

    /// <summary>The adapter that the tokens were decoded with, or null for the base model alone: under any other one their keys and values would be wrong.</summary>
    internal LlamaAdapter? Adapter { get; set; }

    internal long LastUsed { get; set; }

    internal int Length => _tokens.Count;

    internal int CommonPrefix(ReadOnlySpan<int> tokens) => CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(tokens);

    internal void Append(int token, KvCells cells)
    {
        _tokens.Add(token);
        _cells.Add(cells.Take());
    }

    /// <summary>Takes over the first tokens of another sequence, whose cells are then shared.</summary>
    internal void ShareFrom(KvSequence source, int length, KvCells cells)
    {
        for (int i = 0; i < length; i++)
        {
            _tokens.Add(source._tokens[i]);
            _cells.Add(source._cells[i]);
            cells.Share(source._cells[i]);
        }
    }

    internal void Truncate(int length, KvCells cells)
    {
        for (int i = length; i < _cells.Count; i++)
        {
            cells.Release(_cells[i]);
        }

        _cells.RemoveRange(length, _cells.Count - length);
        _tokens.RemoveRange(length, _tokens.Count - length);
    }
}
