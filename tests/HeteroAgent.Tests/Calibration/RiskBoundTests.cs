using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Tests.Calibration;

/// <summary>The bounds over 200 calibrations of a population whose true risk is known.</summary>
/// <remarks>A signal u is uniform on [0, 1] and an answer is correct with probability u; the fitted score is increasing in u, so that a threshold accepts u ≥ v with P(accepted and wrong) = (1 − v)²/2 and P(wrong | accepted) = (1 − v)/2.</remarks>
public class RiskBoundTests
{
    private const int Splits = 200;

    [TestCase(0.05)]
    [TestCase(0.1)]
    [TestCase(0.2)]
    public void JointRisk_IsBoundedOnAverage_AndTheBoundIsUsed(double alpha)
    {
        double[] risks = [.. Enumerable.Range(0, Splits).Select(split =>
        {
            RiskCalibration calibration = RiskCalibration.Fit("synthetic", Draw(400, split), new RiskCalibrationOptions { Seed = split });
            double v = FirstAccepted(calibration, calibration.GetThreshold(alpha));
            return (1 - v) * (1 - v) / 2;
        })];
        double standardError = Math.Sqrt(risks.Select(r => (r - risks.Average()) * (r - risks.Average())).Average() / Splits);
        Assert.That(risks.Average(), Is.LessThanOrEqualTo(alpha + (2 * standardError)));

        // Not by refusing everything: the expectation lies within 1/(n + 1) of the bound.
        Assert.That(risks.Average(), Is.GreaterThan(alpha - (1.0 / 201) - (3 * standardError)));
    }

    [TestCase(0.2, 0.1)]
    [TestCase(0.1, 0.1)]
    [TestCase(0.2, 0.02)]
    public void ErrorRate_IsBoundedInAllButDeltaOfTheCalibrations(double alpha, double delta)
    {
        double[] accepted = [.. Enumerable.Range(0, Splits).Select(split =>
        {
            RiskCalibration calibration = RiskCalibration.Fit("synthetic", Draw(3000, 1000 + split), new RiskCalibrationOptions { Seed = split });
            return 1 - FirstAccepted(calibration, calibration.GetErrorRateThreshold(alpha, delta));
        })];
        int violations = accepted.Count(share => share / 2 > alpha);

        // At a true rate of delta, more violations than this happen once in a thousand such tests.
        Assert.That(violations, Is.LessThanOrEqualTo((Splits * delta) + (3.1 * Math.Sqrt(Splits * delta * (1 - delta)))));
        Assert.That(accepted.Average(), Is.GreaterThan(alpha), "it must accept a fair part of the 2α that the perfect threshold accepts");
    }

    [Test]
    public async Task JointRisk_IsBoundedOnRecordedAnswers()
    {
        // A random split of recorded calls is exchangeable by construction: over many splits, the mean risk on the rows left out is at most alpha.
        ReplayLog log = await ReplayLog.ReadAsync(SharedData.Require("data", "routellm", "gsm8k_responses.csv"));
        string[] used = ["characters_log", "equations", "question_numbers_unused", "results_fractional", "final_is_last_result", "operands_nowhere", "ends_open"];
        LabeledCall[] calls = [.. log.Rows.Select(r =>
        {
            FeatureList features = AnswerFeatures.Compute(new AnswerText(r.Prompt, r.Weak.Answer!));
            return new LabeledCall(features.Names.Zip(features.ToArray()).Where(f => used.Contains(f.First) && !double.IsNaN(f.Second)).ToDictionary(f => f.First, f => f.Second), r.Weak.IsCorrect);
        })];
        foreach (double alpha in new[] { 0.1, 0.2 })
        {
            double[] risks = [.. Enumerable.Range(0, Splits).Select(split =>
            {
                LabeledCall[] shuffled = [.. calls];
                new Random(split).Shuffle(shuffled);
                RiskCalibration calibration = RiskCalibration.Fit("recorded", shuffled[..440], new RiskCalibrationOptions { Seed = split });
                double threshold = calibration.GetThreshold(alpha).Value;
                return shuffled[440..].Count(c => !c.IsCorrect && RiskCalibration.Score(calibration.Model, c.Signals) >= threshold) / 221.0;
            })];
            double standardError = Math.Sqrt(risks.Average(r => (r - risks.Average()) * (r - risks.Average())) / Splits);
            Assert.That(risks.Average(), Is.LessThanOrEqualTo(alpha + (2 * standardError)));
            Assert.That(risks.Average(), Is.GreaterThan(alpha - 0.02), "it must use the bound");
        }
    }

    private static LabeledCall[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double u = random.NextDouble();
            return new LabeledCall(new Dictionary<string, double> { ["u"] = u }, random.NextDouble() < u);
        })];
    }

    // The least u that the threshold accepts.
    private static double FirstAccepted(RiskCalibration calibration, RiskThreshold threshold)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 50; i++)
        {
            double u = (low + high) / 2;
            (low, high) = calibration.Model.Predict(new Dictionary<string, double> { ["u"] = u }) >= threshold.Value ? (low, u) : (u, high);
        }

        return high;
    }
}
