using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

public sealed class SamplerTests
{
    private const int Vocabulary = 70;

    private static readonly Gen<(float[] Logits, int[] Allowed)> Cases = Gen.Zip(
        Gen.Choose(-2000, 2000).Select(n => n / 100f).ArrayOf(Vocabulary),
        Gen.Choose(0, Vocabulary - 1).NonEmptyListOf().Select(l => l.Distinct().Order().ToArray()));

    [Test]
    public void Only_allowed_tokens_are_drawn() =>
        Prop.ForAll(Cases.ToArbitrary(), Gen.Choose(0, 200).ToArbitrary(), (c, temperature) =>
        {
            SamplingParameters parameters = new() { Temperature = temperature / 100f, TopK = temperature % 7, TopP = 0.9f, MinP = 0.02f, RepeatPenalty = 1.3f, Seed = temperature };
            int token = new Sampler(parameters, Vocabulary, []).Next(c.Logits, [1, 2, 3, 3], new Mask(c.Allowed), 10);
            return c.Allowed.Contains(token);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Test]
    public void Greedy_takes_the_best_of_the_allowed() =>
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            int token = new Sampler(new SamplingParameters(), Vocabulary, []).Next(c.Logits, [], new Mask(c.Allowed), 10);
            return c.Logits[token] == c.Allowed.Max(a => c.Logits[a]) && c.Allowed.Contains(token);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Test]
    public void No_allowed_token_is_no_token() =>
        Assert.That(new Sampler(new SamplingParameters(), Vocabulary, []).Next(new float[Vocabulary], [], new Mask([]), 10), Is.EqualTo(-1));

    [TestCase(1f, false)]
    [TestCase(0.7f, false)]
    [TestCase(1f, true)]
    [TestCase(1.6f, true)]
    public void Frequencies_are_those_of_the_softmax_renormalised(float temperature, bool masked)
    {
        Random random = new(7);
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(3 * random.NextDouble()))];
        int[] allowed = masked ? [3, 8, 21, 22, 40, 64, 69] : [.. Enumerable.Range(0, Vocabulary)];
        Sampler sampler = new(new SamplingParameters { Temperature = temperature, TopK = 0, Seed = 11 }, Vocabulary, []);
        const int Draws = 40_000;
        int[] counts = new int[Vocabulary];
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Next(logits, [], masked ? new Mask(allowed) : null, 10)]++;
        }

        double total = allowed.Sum(a => Math.Exp(logits[a] / temperature));
        double statistic = allowed.Sum(a =>
        {
            double expected = Draws * Math.Exp(logits[a] / temperature) / total;
            return (counts[a] - expected) * (counts[a] - expected) / expected;
        });
        Assert.That(allowed.Sum(a => counts[a]), Is.EqualTo(Draws));

        // Chi-square with k degrees of freedom has mean k and variance 2k; five deviations.
        int k = allowed.Length - 1;
        Assert.That(statistic, Is.LessThan(k + (5 * Math.Sqrt(2 * k))));
    }

    [Test]
    public void A_repeat_penalty_divides_what_is_positive_and_multiplies_what_is_not()
    {
        float[] logits = [2f, 1.5f, 0, -1];
        int Next(float penalty, params int[] history) => new Sampler(new SamplingParameters { RepeatPenalty = penalty }, 4, []).Next(logits, history, null, 10);
        Assert.That(Next(1.3f, 0), Is.Zero, "2 / 1.3 is more than 1.5");
        Assert.That(Next(1.4f, 0), Is.EqualTo(1));
        Assert.That(Next(1.4f, 0, 0, 0), Is.EqualTo(1), "how often does not matter");
        logits = [-1f, -1.2f, -9, -9];
        Assert.That(Next(1.1f, 0), Is.Zero);
        Assert.That(Next(1.3f, 0), Is.EqualTo(1));
    }

    [Test]
    public void Penalties_look_back_as_far_as_their_window()
    {
        float[] logits = [2f, 1.9f, 0, 0];
        int Next(int window) => new Sampler(new SamplingParameters { PresencePenalty = 1, PenaltyWindow = window }, 4, []).Next(logits, [0, 2, 2], null, 10);
        Assert.That(Next(3), Is.EqualTo(1));
        Assert.That(Next(2), Is.Zero);
    }

    private sealed class Mask(int[] allowed) : ITokenConstraint
    {
        public bool IsComplete => false;

        public bool MustEnd => false;

        public bool IsFree => false;

        public bool Accepts(int token, int remainingTokens) => allowed.Contains(token);

        public void FillMask(Span<ulong> mask, int remainingTokens)
        {
            mask.Clear();
            foreach (int token in allowed)
            {
                mask[token >> 6] |= 1UL << (token & 63);
            }
        }

        public void Advance(int token)
        {
        }
    }
}
