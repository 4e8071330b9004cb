using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Byte-level byte-pair encoding of single words with the vocabulary and merges of a GGUF file. Immutable and thread-safe.</summary>
/// <remarks>The byte alphabet is that of GPT-2: printable Latin-1 bytes stand for themselves, the others for the code points from U+0100 on.</remarks>
internal sealed class BytePairEncoder
{
    private readonly int[] _byteTokens = new int[256];
    private readonly Dictionary<long, (int Rank, int Token)> _merges;

    /// <exception cref="FormatException">A merge is malformed, or the vocabulary lacks one of its parts.</exception>
    internal BytePairEncoder(Dictionary<string, int> tokens, IReadOnlyList<string> merges, int unknown)
    {
        for (int b = 0; b < 256; b++)
        {
            _byteTokens[b] = tokens.GetValueOrDefault(BytePairTrainer.ByteSymbol((byte)b).ToString(), unknown);
        }

        _merges = new Dictionary<long, (int, int)>(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string merge = merges[rank];
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0
                || !tokens.TryGetValue(merge[..space], out int left)
                || !tokens.TryGetValue(merge[(space + 1)..], out int right)
                || !tokens.TryGetValue(string.Concat(merge.AsSpan(0, space), merge.AsSpan(space + 1)), out int merged))
            {
                throw new FormatException($"merge {rank}, '{merge}', is not a pair of tokens whose union is a token");
            }

            _merges.TryAdd(Pair(left, right), (rank, merged));
            LongestToken = Math.Max(LongestToken, merge.Length - 1);
        }
    }

    /// <summary>The most bytes that one token can stand for.</summary>
    internal int LongestToken { get; } = 1;

    /// <summary>Adds the tokens of one space followed by the word; a lone surrogate reads as U+FFFD.</summary>
    internal void Append(ReadOnlySpan<char> word, List<int> output) => Append(word, output, 0, null);

    /// <summary>The same, where each possible merge is left out with a probability at each turn (BPE-dropout, Provilkov et al., arXiv:1910.13267).</summary>
    internal void Append(ReadOnlySpan<char> word, List<int> output, double dropout, Random? random)
    {
        Span<byte> buffer = word.Length <= 128 ? stackalloc byte[1 + (3 * 128)] : new byte[1 + (3 * word.Length)];
        buffer[0] = (byte)' ';
        AppendBytes(buffer[..(1 + Encoding.UTF8.GetBytes(word, buffer[1..]))], output, dropout, random);
    }

    /// <summary>Adds the tokens of a piece as it is, with no space before it; a lone surrogate reads as U+FFFD.</summary>
    internal void AppendPiece(ReadOnlySpan<char> piece, List<int> output)
    {
        Span<byte> buffer = piece.Length <= 128 ? stackalloc byte[3 * 128] : new byte[3 * piece.Length];
        AppendBytes(buffer[..Encoding.UTF8.GetBytes(piece, buffer)], output, 0, null);
    }

    private void AppendBytes(ReadOnlySpan<byte> buffer, List<int> output, double dropout, Random? random)
    {
        int length = buffer.Length;
        Span<int> symbols = length <= 512 ? stackalloc int[length] : new int[length];
        for (int i = 0; i < length; i++)
        {
            symbols[i] = _byteTokens[buffer[i]];
        }

        while (length > 1 && FindBest(symbols[..length], dropout, random, out long pair, out int merged))
        {
            length = Merge(symbols[..length], pair, merged);
        }

        foreach (int token in symbols[..length])
        {
            output.Add(token);
        }
    }

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    private static int Merge(Span<int> symbols, long pair, int merged)
    {
        int to = 0;
        for (int from = 0; from < symbols.Length; from++)
        {
            bool joins = from + 1 < symbols.Length && Pair(symbols[from], symbols[from + 1]) == pair;
            symbols[to++] = joins ? merged : symbols[from];
            from += joins ? 1 : 0;
        }

        return to;
    }

    private bool FindBest(ReadOnlySpan<int> symbols, double dropout, Random? random, out long pair, out int merged)
    {
        (int Rank, int Token) best = (int.MaxValue, -1);
        pair = 0;
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            long candidate = Pair(symbols[i], symbols[i + 1]);
            if (_merges.TryGetValue(candidate, out (int Rank, int Token) merge) && merge.Rank < best.Rank
                && (random is null || random.NextDouble() >= dropout))
            {
                best = merge;
                pair = candidate;
            }
        }

        merged = best.Token;
        return merged >= 0;
    }
}
