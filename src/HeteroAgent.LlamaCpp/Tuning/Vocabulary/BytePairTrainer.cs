using System.Text;

namespace HeteroAgent.LlamaCpp;

/// <summary>Learns byte-level byte-pair merges from words (Sennrich et al., arXiv:1508.07909; the byte alphabet is GPT-2's). Deterministic: of pairs equally frequent the one whose texts come first in ordinal order is merged.</summary>
internal static class BytePairTrainer
{
    /// <summary>Learns merges.</summary>
    /// <param name="words">The words, each with its leading space where it has one, and how often each occurs.</param>
    /// <param name="merges">The most merges; learning ends earlier where no pair occurs twice.</param>
    /// <param name="cancellationToken">Ends the learning.</param>
    /// <returns>The merges, most frequent first, as pairs of texts in the byte alphabet.</returns>
    internal static List<(string Left, string Right)> Learn(IEnumerable<KeyValuePair<string, long>> words, int merges, CancellationToken cancellationToken = default)
    {
        List<(List<string> Symbols, long Count)> corpus = [.. words.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (Symbols(w.Key), w.Value))];
        Dictionary<(string, string), PairUse> pairs = [];
        for (int i = 0; i < corpus.Count; i++)
        {
            Count(pairs, corpus[i].Symbols, corpus[i].Count, i);
        }

        PriorityQueue<(string Left, string Right), (long Count, string Left, string Right)> queue = new(pairs.Select(p => (p.Key, Priority(p.Key, p.Value.Count))), Comparer<(long, string, string)>.Create(Compare));
        List<(string, string)> learnt = [];
        while (learnt.Count < merges && queue.TryDequeue(out (string Left, string Right) pair, out (long Count, string, string) queued))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!pairs.TryGetValue(pair, out PairUse? use) || use.Count < 2)
            {
                continue;
            }

            if (use.Count != queued.Count)
            {
                // Its count has changed since it was queued.
                queue.Enqueue(pair, Priority(pair, use.Count));
                continue;
            }

            learnt.Add(pair);
            HashSet<(string, string)> grown = [];
            foreach (int word in use.Words.ToArray())
            {
                (List<string> symbols, long count) = corpus[word];
                Count(pairs, symbols, -count, word);
                Merge(symbols, pair);
                Count(pairs, symbols, count, word);
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    grown.Add((symbols[i], symbols[i + 1]));
                }
            }

            string merged = pair.Left + pair.Right;
            foreach ((string, string) changed in grown)
            {
                if (changed.Item1 == merged || changed.Item2 == merged)
                {
                    queue.Enqueue(changed, Priority(changed, pairs[changed].Count));
                }
            }
        }

        return learnt;
    }

    /// <summary>A text's bytes in the byte alphabet.</summary>
    internal static List<string> Symbols(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => ByteSymbol(b).ToString())];

    /// <summary>The character that stands for a byte: printable Latin-1 for itself, the others from U+0100 on.</summary>
    internal static char ByteSymbol(byte b) => Alphabet[b];

    private static readonly string Alphabet = MakeAlphabet();

    private static string MakeAlphabet()
    {
        int next = 256;
        return string.Concat(Enumerable.Range(0, 256).Select(b => (char)(b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? b : next++)));
    }

    private static (long, string, string) Priority((string Left, string Right) pair, long count) => (count, pair.Left, pair.Right);

    private static int Compare((long Count, string Left, string Right) a, (long Count, string Left, string Right) b)
    {
        int order = b.Count.CompareTo(a.Count);
        order = order != 0 ? order : string.CompareOrdinal(a.Left, b.Left);
        return order != 0 ? order : string.CompareOrdinal(a.Right, b.Right);
    }

    private static void Count(Dictionary<(string, string), PairUse> pairs, List<string> symbols, long count, int word)
    {
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            (string, string) pair = (symbols[i], symbols[i + 1]);
            if (!pairs.TryGetValue(pair, out PairUse? use))
            {
                pairs.Add(pair, use = new PairUse());
            }

            use.Count += count;
            if (count > 0)
            {
                use.Words.Add(word);
            }
            else
            {
                use.Words.Remove(word);
            }
        }
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        int to = 0;
        for (int from = 0; from < symbols.Count; from++)
        {
            bool joins = from + 1 < symbols.Count && symbols[from] == pair.Left && symbols[from + 1] == pair.Right;
            symbols[to++] = joins ? pair.Left + pair.Right : symbols[from];
            from += joins ? 1 : 0;
        }

        symbols.RemoveRange(to, symbols.Count - to);
    }

    private sealed class PairUse
    {
        internal long Count { get; set; }

        internal HashSet<int> Words { get; } = [];
    }
}
