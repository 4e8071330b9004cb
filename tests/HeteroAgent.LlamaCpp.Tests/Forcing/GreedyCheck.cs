using System.Text;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Holds each token of an answer against greedy decoding under the same grammar from the very tokens before it, one token a step and without the engine.</summary>
internal sealed class GreedyCheck(LlamaModel model, RawContext raw)
{
    // Rounding in ggml's kernels moves a logit by up to 0.3 when tokens are decoded in other company, and so the difference of two by more.
    private const double NearTie = 0.5;

    /// <summary>Sampled tokens that are the best one to the last bit, and those that are within rounding of it.</summary>
    internal int Best { get; private set; }

    internal int NearBest { get; private set; }

    /// <summary>Forced tokens that greedy decoding would have chosen, and those where it would have split the same text otherwise.</summary>
    internal int SameSplit { get; private set; }

    internal int OtherSplit { get; private set; }

    internal void Check(int[] prompt, IReadOnlyList<(int Id, bool Forced)> answer, GrammarState state, int most)
    {
        raw.Clear();
        float[] logits = raw.Next(prompt);
        ulong[] mask = new ulong[model.TokenVocabulary.MaskLength];
        for (int i = 0; i < answer.Count; i++)
        {
            state.FillMask(mask, most - i);
            int best = Enumerable.Range(0, logits.Length).Where(t => (mask[t >> 6] >> t & 1) != 0).MaxBy(t => logits[t]);
            (int token, bool forced) = answer[i];
            string where = $"token {i} of {string.Join('|', answer.Select(t => model.Vocabulary.Text(t.Id)))}: {model.Vocabulary.Text(token)}, greedy {model.Vocabulary.Text(best)}";
            Assert.That((mask[token >> 6] >> token & 1) != 0, where);
            if (!forced)
            {
                Assert.That(logits[best] - logits[token], Is.LessThan(NearTie), where);
                Best += best == token ? 1 : 0;
                NearBest += best == token ? 0 : 1;
            }
            else if (best == token)
            {
                SameSplit++;
            }
            else
            {
                // It may cut the forced text elsewhere, but never write on behind it: that would have been a choice.
                byte[] run = Run(state);
                Assert.That(run.AsSpan().StartsWith(model.Vocabulary.Piece(best)), $"{where}, forced {Encoding.UTF8.GetString(run)}");
                OtherSplit++;
            }

            Assert.That(state.TryAccept(token), where);
            logits = i < answer.Count - 1 ? raw.Next(token) : logits;
        }

        Assert.That(state.MustEnd || answer.Count == most, "the answer is complete");
    }

    private static byte[] Run(GrammarState state)
    {
        ITokenConstraint after = state.Clone();
        List<byte> run = [];
        for (int next = after.ForcedByte; next >= 0; next = after.ForcedByte)
        {
            after.AdvanceText([(byte)next]);
            run.Add((byte)next);
        }

        return [.. run];
    }
}
