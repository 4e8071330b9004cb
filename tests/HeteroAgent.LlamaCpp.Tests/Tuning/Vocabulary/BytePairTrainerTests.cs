using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Learning and encoding byte pairs against the plainest implementation.</summary>
public class BytePairTrainerTests
{
    private static readonly Gen<string> Word = Gen.NonEmptyListOf(Gen.Elements("a", "b", "c", " ", "é", "日")).Select(string.Concat);

    [Test]
    public void Merges_AreThoseOfTheNaiveAlgorithm()
    {
        Gen<KeyValuePair<string, long>[]> words = Gen.ListOf(Gen.Zip(Word, Gen.Choose(1, 5)))
            .Select(l => l.DistinctBy(w => w.Item1).Select(w => KeyValuePair.Create(w.Item1, (long)w.Item2)).ToArray());
        Prop.ForAll(Arb.From(words), w => BytePairTrainer.Learn(w, 30).SequenceEqual(Naive(w, 30))).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Dropout_OfZeroChangesNothing_AndAnyDecodesToTheSameBytes()
    {
        List<(string Left, string Right)> learnt = BytePairTrainer.Learn([new(" abab", 9), new(" abc", 5), new(" é日a", 4), new(" cab", 3)], 40);
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(b => BytePairTrainer.ByteSymbol((byte)b).ToString()), .. learnt.Select(m => m.Left + m.Right).Distinct()];
        BytePairEncoder encoder = new(tokens.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i), [.. learnt.Select(m => $"{m.Left} {m.Right}")], unknown: 0);
        Prop.ForAll(Arb.From(Word), Arb.From(Gen.Choose(1, 100)), Arb.From(Gen.Choose(0, 1000)), (word, percent, seed) =>
        {
            List<int> plain = [];
            encoder.Append(word, plain);
            List<int> none = [];
            encoder.Append(word, none, 0, new Random(seed));
            List<int> some = [];
            encoder.Append(word, some, percent / 100.0, new Random(seed));
            string expected = string.Concat(BytePairTrainer.Symbols(" " + word));
            return none.SequenceEqual(plain)
                && string.Concat(plain.Select(t => tokens[t])) == expected
                && string.Concat(some.Select(t => tokens[t])) == expected
                && (percent < 100 || some.Count == Encoding.UTF8.GetByteCount(" " + word));
        }).QuickCheckThrowOnFailure();
    }

    private static List<(string, string)> Naive(KeyValuePair<string, long>[] words, int merges)
    {
        List<(List<string> Symbols, long Count)> corpus = [.. words.Select(w => (BytePairTrainer.Symbols(w.Key), w.Value))];
        List<(string, string)> learnt = [];
        while (learnt.Count < merges)
        {
            var best = corpus
                .SelectMany(w => w.Symbols.Zip(w.Symbols.Skip(1)).Select(p => (Pair: p, w.Count)))
                .GroupBy(p => p.Pair, (pair, uses) => (Pair: pair, Count: uses.Sum(u => u.Count)))
                .OrderByDescending(p => p.Count).ThenBy(p => p.Pair.First, StringComparer.Ordinal).ThenBy(p => p.Pair.Second, StringComparer.Ordinal)
                .FirstOrDefault();
            if (best.Count < 2)
            {
                break;
            }

            learnt.Add(best.Pair);
            foreach ((List<string> symbols, _) in corpus)
            {
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (symbols[i] == best.Pair.First && symbols[i + 1] == best.Pair.Second)
                    {
                        symbols[i] += symbols[i + 1];
                        symbols.RemoveAt(i + 1);
                    }
                }
            }
        }

        return learnt;
    }
}
