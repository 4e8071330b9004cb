using FsCheck;
using FsCheck.Fluent;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests.Replay;

public class ReplayEvaluatorTests
{
    private static readonly ReplayOptions Quick = new() { Repeats = 1, Folds = 5, BootstrapSamples = 200, ReportWithoutMarks = false };

    [Test]
    public void WordsThatTell_Pay()
    {
        ReplayReport report = ReplayEvaluator.Evaluate(Log(200, (random, wrong) => (wrong ? "I assume it is about seven, however" : "The refund is granted") + new string('.', random.Next(3))), Quick);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Verdict, Is.EqualTo(ReplayVerdict.Pays));
            Assert.That(report.VerdictText, Does.StartWith("Yes"));
            Assert.That(report.AucWeakWrong.Value, Is.GreaterThan(0.95));
            Assert.That(report.Apgr.Value, Is.GreaterThan(0.8));
            Assert.That(report.CallsAt95OfStrong.Value, Is.LessThan(report.RandomCallsAt95OfStrong.Value!.Value));
            Assert.That(report.Apgr.Low, Is.LessThanOrEqualTo(report.Apgr.Value!.Value));
            Assert.That(report.Apgr.High, Is.GreaterThanOrEqualTo(report.Apgr.Value!.Value));
            Assert.That(report.RiskCoverage[^1].Coverage, Is.EqualTo(1));
            Assert.That(report.RiskCoverage[^1].Risk, Is.EqualTo(1 - report.WeakAccuracy.Value!.Value).Within(1e-9));
            Assert.That(report.HeldOutShareOfStrong.Value, Is.InRange(0.85, 1.15));
            Assert.That(report.CostAt95OfStrong.Value, Is.Null);
        }
    }

    [Test]
    public void WordsThatDoNotTell_DoNotPay()
    {
        ReplayReport report = ReplayEvaluator.Evaluate(Log(300, (random, _) => string.Concat(Enumerable.Repeat("word ", 1 + random.Next(9)))), Quick);
        Assert.That(report.Verdict, Is.EqualTo(ReplayVerdict.DoesNotPay));
        Assert.That(report.VerdictText, Does.StartWith("No").And.Contains("random"));
        Assert.That(report.AucWeakWrong.Value, Is.InRange(0.35, 0.65));
    }

    [Test]
    public void ARepeatedPrompt_IsNotLearntByHeart()
    {
        // Each prompt occurs four times with one label. Whoever splits by row knows the label from the copies; whoever splits by prompt knows nothing.
        Random random = new(4);
        ReplayLog log = new(Enumerable.Range(0, 60).SelectMany(q =>
        {
            bool right = random.Next(2) == 0;
            string prompt = string.Concat(Enumerable.Range(0, 12).Select(_ => $"{random.Next(1000)} apples "));
            return Enumerable.Range(0, 4).Select(c => new ReplayRow($"{q}-{c}", prompt, new ReplayAnswer("It is " + prompt.Length, right), new ReplayAnswer(null, true)));
        }));
        ReplayReport report = ReplayEvaluator.Evaluate(log, Quick);
        Assert.That(report.DuplicatePrompts, Is.EqualTo(180));
        Assert.That(report.AucWeakWrong.Value, Is.LessThan(0.7));
    }

    [Test]
    public void StrongModelThatIsNotBetter_DoesNotPay()
    {
        ReplayLog log = new(Log(100, (_, wrong) => wrong ? "however" : "yes").Rows.Select(r => r with { Strong = r.Strong with { IsCorrect = !r.Weak.IsCorrect && r.Id.EndsWith('1') } }));
        ReplayReport report = ReplayEvaluator.Evaluate(log, Quick);
        Assert.That(report.Verdict, Is.EqualTo(ReplayVerdict.DoesNotPay));
        Assert.That(report.Apgr.Value, Is.Null);
    }

    [Test]
    public void RecordedSignals_AreUsed_AndPricesCounted()
    {
        Random random = new(5);
        ReplayLog log = new(Log(200, (_, _) => "The same for all.").Rows.Select(r => r with
        {
            Weak = r.Weak with { Cost = 0.1, Signals = new Dictionary<string, double> { ["mean_logprob"] = (r.Weak.IsCorrect ? -0.1 : -1) - random.NextDouble() } },
            Strong = r.Strong with { Cost = 1 },
        }));
        ReplayReport report = ReplayEvaluator.Evaluate(log, Quick);
        Assert.That(report.AucWeakWrong.Value, Is.GreaterThan(0.85));
        Assert.That(report.CostAt95OfStrong.Value, Is.EqualTo(report.CallsAt95OfStrong.Value!.Value + 0.1).Within(1e-6));

        ReplayLog dear = new(log.Rows.Select(r => r with { Weak = r.Weak with { Cost = 0.9 } }));
        ReplayReport costly = ReplayEvaluator.Evaluate(dear, Quick);
        Assert.That(costly.Verdict, Is.EqualTo(ReplayVerdict.DoesNotPay));
        Assert.That(costly.VerdictText, Does.Contain("price"));
    }

    [Test]
    public void FittedOnAnotherLog_MeasuresOnThisOne_AndIsDeterministic()
    {
        static string Text(Random random, bool wrong) => wrong ? $"about {random.Next(9)}, however" : "done";
        ReplayLog log = Log(100, Text, seed: 1);
        ReplayLog fit = Log(150, Text, seed: 2);
        ReplayReport report = ReplayEvaluator.Evaluate(log, fit, Quick);
        Assert.That((report.Count, report.FittedOn), Is.EqualTo((100, 150)));
        Assert.That(report.AucWeakWrong.Value, Is.GreaterThan(0.95));
        Assert.That(ReplayEvaluator.Evaluate(log, fit, Quick) with { RiskCoverage = report.RiskCoverage }, Is.EqualTo(report));

        // Its own rows teach nothing about a log.
        Assert.That(ReplayEvaluator.Evaluate(log, log, Quick).Verdict, Is.EqualTo(ReplayVerdict.TooFewRows));
    }

    [TestCase(12, 0.5)]
    [TestCase(40, 0.0)]
    [TestCase(40, 1.0)]
    public void TooFewRowsOrOneClass_IsAVerdict(int rows, double wrong)
    {
        ReplayLog log = new(Enumerable.Range(0, rows).Select(i => new ReplayRow($"{i}", $"q{i}", new ReplayAnswer("a", i >= rows * wrong), new ReplayAnswer(null, true))));
        ReplayReport report = ReplayEvaluator.Evaluate(log, Quick);
        Assert.That(report.Verdict, Is.EqualTo(ReplayVerdict.TooFewRows));
        Assert.That(report.VerdictText, Does.Contain($"{rows}"));
        Assert.That(report.WeakAccuracy.Value, Is.EqualTo(1 - wrong).Within(1e-9));
        Assert.Throws<ArgumentException>(() => ReplayEvaluator.Evaluate(new ReplayLog([])));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplayEvaluator.Evaluate(log, new ReplayOptions { Folds = 1 }));
    }

    [Test]
    public void Features_AreTheSameListForAnyText()
    {
        int count = AnswerFeatures.Compute(new AnswerText("", "")).Names.Count;
        Assert.That(AnswerFeatures.Compute(new AnswerText("", "")).Names, Is.Unique);
        Gen<string> text = Gen.Elements("1", "1e999", "99999999999999999999999999", "½", "1,234.5.6", "+", "-", "*", "/", "=", "(", ")", "x", "%", "$", " ", "\n", "#### ", "<<", ">>", "how many", "half", "é", "0", ".5").ListOf().Select(string.Concat);
        Prop.ForAll(text.ToArbitrary(), text.ToArbitrary(), (question, answer) =>
        {
            FeatureList list = AnswerFeatures.Compute(new AnswerText(question, answer));
            AnswerMarkFeatures.Add(list, new AnswerText(question, answer), answer);
            return list.ToArray().Length == count + 5 && !list.ToArray().Any(double.IsInfinity);
        }).QuickCheckThrowOnFailure();
    }

    [TestCase("3 * 4 = 12", 12, true)]
    [TestCase("3 cups * 20 chickens = 60 cups", 60, true)]
    [TestCase("$1,200.50 - 200.5 = $1000", 1000, true)]
    [TestCase("(2 + 3) x 4 = 20", 20, true)]
    [TestCase("10 / 3 = 3.33", 10.0 / 3, true)]
    [TestCase("50% * 80 = 40", 40, true)]
    [TestCase("12 × 7 = 94", 84, false)]
    public void Equations_AreReadAndChecked(string text, double computed, bool right)
    {
        TextEquation equation = TextEquation.Find(text, TextNumber.Find(text)).Single();
        Assert.That((equation.Computed, equation.IsRight), Is.EqualTo((computed, right)));
    }

    [TestCase("a well-known 3-step plan = 5")]
    [TestCase("(5) = 5")]
    [TestCase("x = 4")]
    [TestCase("(3 + 4 = 7")]
    public void WhatIsNoComputation_IsNotReadAsOne(string text) => Assert.That(TextEquation.Find(text, TextNumber.Find(text)), Is.Empty);

    [Test]
    public async Task RouteLlmLog_WithoutAPrior_IsBetterThanTheStudysBaseline()
    {
        ReplayLog log = await ReplayLog.ReadAsync(SharedData.Require("data", "routellm", "gsm8k_responses.csv"));
        ReplayReport report = ReplayEvaluator.Evaluate(log, Quick with { UseMarks = false });
        Assert.That(report.Count, Is.EqualTo(661));
        Assert.That(report.AucWeakWrong.Value, Is.GreaterThan(0.76));
        Assert.That(report.Apgr.Value, Is.GreaterThan(0.73));
        Assert.That(report.RandomCallsAt95OfStrong.Value, Is.EqualTo(0.825).Within(0.001));
        Assert.That(report.Verdict, Is.EqualTo(ReplayVerdict.Pays));
    }

    private static ReplayLog Log(int rows, Func<Random, bool, string> answer, int seed = 3)
    {
        Random random = new(seed);
        return new ReplayLog(Enumerable.Range(0, rows).Select(i =>
        {
            bool wrong = random.Next(5) < 2;
            return new ReplayRow($"{i}", $"May customer {i} of list {seed} have a refund?", new ReplayAnswer(answer(random, wrong), !wrong), new ReplayAnswer(null, random.Next(10) > 0));
        }));
    }
}
