using NUnit.Framework;

namespace HeteroAgent.Tests.Replay;

public class AnswerPriorTests
{
    private static readonly (string, string)[] Solutions = [.. Enumerable.Range(2, 60).Select(i => ($"Tom buys {i} pens at ${i + 1} each. How much does he pay?", $"He pays {i} * {i + 1} = {i * (i + 1)} dollars."))];

    [Test]
    public void WrongOperations_AreSeenInQuestionsThatItWasNotTrainedOn()
    {
        AnswerPrior prior = AnswerPrior.Train(Solutions, Answers(200, i => i % 2 == 0));
        double right = prior.LogOddsWrong("Tom buys 91 pens at $8 each. How much does he pay?", "He pays 91 * 8 = 728 dollars.");
        double wrong = prior.LogOddsWrong("Tom buys 91 pens at $8 each. How much does he pay?", "He pays 91 + 8 = 99 dollars.");
        Assert.That(wrong, Is.GreaterThan(right + 1));
    }

    [Test]
    public void Questions_AreScoredByTreesThatHaveNotSeenThem()
    {
        // Labels without rhyme or reason, but each question is told by its numbers: trees that had seen it would know.
        Random random = new(9);
        (string Question, string Answer, bool IsCorrect)[] answers = [.. Enumerable.Range(0, 300).Select(i => ($"How many are {random.Next(100000)} and {random.Next(100000)}?", "Several.", random.Next(2) == 0))];
        AnswerPrior prior = AnswerPrior.Train(Solutions, answers);
        double agreeing = answers.Count(a => prior.LogOddsWrong(a.Question, a.Answer) > 0 != a.IsCorrect) / 300.0;
        Assert.That(agreeing, Is.InRange(0.38, 0.62));
    }

    [Test]
    public void File_GivesBackTheSamePrior_AndDamageIsRefused()
    {
        AnswerPrior prior = AnswerPrior.Train(Solutions, Answers(60, i => i % 2 == 0), parts: 2);
        using MemoryStream stream = new();
        prior.Save(stream);
        byte[] good = stream.ToArray();
        AnswerPrior loaded = AnswerPrior.Load(new MemoryStream(good));
        Assert.That(Solutions.Select(s => loaded.LogOddsWrong(s.Item1, s.Item2)), Is.EqualTo(Solutions.Select(s => prior.LogOddsWrong(s.Item1, s.Item2))));
        foreach (byte[] bad in new[] { [], good[..3], good[..8], good[..1000], good[..^1], [.. "RIFF"u8, .. good[4..]], [.. good[..4], 200, .. good[5..]] })
        {
            Assert.Throws<FormatException>(() => AnswerPrior.Load(new MemoryStream(bad)));
        }
    }

    [Test]
    public void BadInput_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => AnswerPrior.Train([], Answers(10, i => i % 2 == 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnswerPrior.Train(Solutions, Answers(10, i => i % 2 == 0), parts: 1));
        Assert.Throws<InsufficientLabelsException>(() => AnswerPrior.Train(Solutions, Answers(10, _ => true)));
    }

    private static (string, string, bool)[] Answers(int count, Func<int, bool> isRight) => [.. Enumerable.Range(0, count).Select(i =>
    {
        int pens = 3 + (i * 7 % 40);
        int price = 2 + (i * 5 % 13);
        string answer = isRight(i) ? $"He pays {pens} * {price} = {pens * price} dollars." : $"He pays {pens} + {price} = {pens + price} dollars.";
        return ($"Tom buys {pens} pens at ${price} each. How much does he pay, number {i}?", answer, isRight(i));
    })];
}
