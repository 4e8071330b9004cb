using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

public sealed class TraceScoreTests
{
    private static readonly string[] Domains = ["arithmetic", "agent", "other"];

    [Test]
    public void Scores_flaw_and_first_error_agree_whatever_the_margins() => Prop.ForAll(
        Gen.Choose(-800, 800).Select(static v => v / 100.0).NonEmptyListOf().ToArbitrary(), Gen.Choose(-500, 500).Two().ToArbitrary(), Gen.Elements(Domains).ToArbitrary(),
        (hazards, margins, domain) =>
        {
            TraceScore score = TraceScore.Of([.. hazards], margins.Item1 / 100.0, 0.5);
            VerificationResult result = score.ToResult(margins.Item2 / 100.0, domain, false, []);
            bool flawed = score.Margin >= margins.Item2 / 100.0;
            return result.IsFlawed == flawed && result.FirstError == (flawed ? score.MostLikelyPlace : -1);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void An_agents_steps_are_parted_at_its_first_error() => Prop.ForAll(
        Gen.Choose(-800, 800).Select(static v => v / 100.0).NonEmptyListOf().ToArbitrary(), Gen.Choose(-500, 500).ToArbitrary(),
        (hazards, margin) =>
        {
            VerificationResult result = TraceScore.Of([.. hazards], margin / 100.0, 0.5).ToResult(0, "agent", false, []);
            int first = result.FirstError < 0 ? hazards.Count : result.FirstError;
            return result.Steps.All(s => s.Index < first == s.Score >= 0.5);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void The_place_is_that_of_the_hazard_model()
    {
        // h = 1/2, 1/2: the first step is the first error with 1/2, the second with 1/4.
        TraceScore score = TraceScore.Of([0, 0], 0, 1);
        Assert.That(score.MostLikelyPlace, Is.Zero);
        Assert.That(score.Margin, Is.EqualTo(Math.Log(3)).Within(1e-9), "P(flawed) = 3/4");
    }
}
