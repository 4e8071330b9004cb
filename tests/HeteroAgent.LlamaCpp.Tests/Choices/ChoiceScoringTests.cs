using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Branch and bound against scoring every choice on its own, with random languages in place of a model.</summary>
public class ChoiceScoringTests
{
    [Test]
    public void Without_tolerance_every_token_is_scored() => Prop.ForAll<int, PositiveInt>((seed, size) =>
    {
        RandomLanguage language = new(seed, vocabulary: 2 + (size.Get % 30), peak: size.Get % 8);
        int[][] choices = language.Choices(1 + (size.Get % 60));
        ChoiceScoring scoring = new(choices, null, [language.End]);
        int rounds = language.Run(scoring, 1 + (size.Get % 40));
        float[][] scores = scoring.Scores();
        for (int i = 0; i < choices.Length; i++)
        {
            Assert.That(scores[i], Is.EqualTo(language.Score(choices[i])));
        }

        Assert.That(scoring.Shares(), Is.EqualTo(language.Shares(choices)).Within(1e-9));
        Assert.That(rounds, Is.Positive);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void With_tolerance_the_best_is_the_best_and_shares_are_within_it() => Prop.ForAll<int, PositiveInt>((seed, size) =>
    {
        RandomLanguage language = new(seed, vocabulary: 2 + (size.Get % 30), peak: size.Get % 12);
        int[][] choices = language.Choices(1 + (size.Get % 60));
        double tolerance = Math.Pow(10, -1 - (size.Get % 4));
        ChoiceScoring scoring = new(choices, tolerance, [language.End]);
        language.Run(scoring, 1 + (size.Get % 40));
        double[] exact = language.BranchShares(choices);
        double[] shares = scoring.Shares();
        int best = Array.IndexOf(shares, shares.Max());
        Assert.That(exact[best], Is.EqualTo(exact.Max()).Within(1e-6));
        Assert.That(scoring.Scores()[best], Has.Length.EqualTo(choices[best].Length));
        Assert.That(shares, Is.EqualTo(exact).Within(tolerance + 1e-6));
        Assert.That(shares.Sum(), Is.EqualTo(1).Within(1e-9));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    [Test]
    public void Far_choices_are_not_scored_to_their_end()
    {
        RandomLanguage language = new(1, vocabulary: 1000, peak: 1000);
        int Likeliest(params int[] prefix) => Array.IndexOf(language.Logits(prefix), language.Logits(prefix).Max());
        int[][] choices = [.. Enumerable.Range(0, 1000).SelectMany(i => (int[][])[[i, Likeliest(i)], [i, (Likeliest(i) + 1) % 1000]])];
        ChoiceScoring scoring = new(choices, 1e-3, [language.End]);
        language.Run(scoring, ChoiceScoring.RoundNodes);
        Assert.That(scoring.Scores().Count(s => s.Length == 2), Is.InRange(2, 2 * ChoiceScoring.RoundNodes));
    }

    [Test]
    public void Nested_equal_and_empty_choices_are_scored()
    {
        RandomLanguage language = new(2, vocabulary: 5, peak: 1);
        int[][] choices = [[1], [1, 2], [1, 2, 3], [], [1, 2], [4]];
        foreach (double? tolerance in (double?[])[null, 0, 0.1])
        {
            ChoiceScoring scoring = new(choices, tolerance, [language.End]);
            language.Run(scoring, 4);
            Assert.That(scoring.Shares(), Is.EqualTo(tolerance is null ? language.Shares(choices) : language.BranchShares(choices)).Within((tolerance ?? 0) + 1e-6));
        }
    }
}
