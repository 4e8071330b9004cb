using System.Numerics;
using System.Text;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Writes a document by picking allowed tokens at random, as a model that knows nothing would.</summary>
internal static class RandomWalk
{
    /// <summary>Writes a document with at most so many tokens.</summary>
    /// <returns>The document and the number of tokens.</returns>
    public static (string Text, int Tokens) Run(GrammarState state, Random random, int maxTokens, bool checkMasks = false)
    {
        var mask = new ulong[state.Vocabulary.MaskLength];
        var bytes = new List<byte>();
        for (int used = 0; used < maxTokens; used++)
        {
            if (state.MustEnd)
            {
                return (Encoding.UTF8.GetString([.. bytes]), used);
            }

            int remaining = maxTokens - used;
            Assert.That(state.MinimumBytesToComplete, Is.LessThanOrEqualTo(remaining));
            state.FillMask(mask, remaining);
            if (checkMasks)
            {
                for (int t = 0; t < state.Vocabulary.Count; t++)
                {
                    bool set = (mask[t >> 6] >> t & 1) != 0;
                    Assert.That(state.AcceptsWithin(t, remaining), Is.EqualTo(set), $"token {t} after {Encoding.UTF8.GetString([.. bytes])} with {remaining} left");
                }
            }

            int token = Pick(mask, random);
            if (state.Vocabulary.IsEndOfGeneration(token))
            {
                Assert.That(state.TryAccept(token), Is.True);
                Assert.That(state.MustEnd, Is.True);
                return (Encoding.UTF8.GetString([.. bytes]), used + 1);
            }

            bytes.AddRange(state.Vocabulary.GetBytes(token));
            Assert.That(state.Accepts(token), Is.True);
            Assert.That(state.TryAccept(token), Is.True);
        }

        Assert.That(state.IsComplete, Is.True, Encoding.UTF8.GetString([.. bytes]));
        return (Encoding.UTF8.GetString([.. bytes]), maxTokens);
    }

    private static int Pick(ulong[] mask, Random random)
    {
        int count = mask.Sum(BitOperations.PopCount);
        Assert.That(count, Is.GreaterThan(0), "no token is allowed");
        int index = random.Next(count);
        for (int word = 0; ; word++)
        {
            int here = BitOperations.PopCount(mask[word]);
            if (index >= here)
            {
                index -= here;
                continue;
            }

            ulong bits = mask[word];
            for (; index > 0; index--)
            {
                bits &= bits - 1;
            }

            return (word << 6) + BitOperations.TrailingZeroCount(bits);
        }
    }
}
