using System.Text;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests.Calibration;

public class RiskCalibrationTests
{
    private static readonly RiskCalibrationOptions Options = new() { ModelId = "small-1", PromptVersion = "p7" };

    [Test]
    public void Response_GivesItsSignals_AndLeavesOutWhatNobodyRecorded()
    {
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, "42")) { FinishReason = ChatFinishReason.Stop, AdditionalProperties = [] };
        response.AdditionalProperties.SetConfidence(new Confidence(-0.5, -2, 9));
        VerificationResult verification = new([new(0, 1), new(1, 0.25), new(2, 1)], firstError: 2, []);
        response.AdditionalProperties["heteroagent.verification"] = new VerificationRecord(isAbstained: false, verification);
        response.Messages[^1].AdditionalProperties = new() { ["heteroagent.retrieval"] = new RetrievalRecord([], [], grounding: 0.25) };
        Dictionary<string, double> expected = new()
        {
            ["mean_logprob"] = -0.5,
            ["min_logprob"] = -2,
            ["log_tokens"] = Math.Log(10),
            ["verification_score"] = 0.75,
            ["verification_error"] = 1,
            ["verification_min_step"] = 0.25,
            ["grounding"] = 0.25,
            ["truncated"] = 0,
        };
        Assert.That(CallSignals.Read(response), Is.EquivalentTo(expected));
        response.AdditionalProperties["heteroagent.verification"] = new VerificationRecord(isAbstained: true, verification with { IsAbstained = true });
        Assert.That(CallSignals.Read(response).Keys.Where(k => k.StartsWith("verification", StringComparison.Ordinal)), Is.Empty);

        EscalationContext context = new([], new ChatOptions { ResponseFormat = ChatResponseFormat.Json }, response);
        Assert.That(CallSignals.Read(context)[CallSignals.SchemaValid], Is.EqualTo(1));
        Assert.That(CallSignals.Read(new EscalationContext([], context.Options, new ChatResponse(new ChatMessage(ChatRole.Assistant, "{"))))[CallSignals.SchemaValid], Is.Zero);
        Assert.That(CallSignals.Read(new ChatResponse()), Is.Empty);
    }

    [Test]
    public async Task Policy_KeepsTheSureAnswers_AndNamesWhyItEscalates()
    {
        RiskCalibration calibration = RiskCalibration.Fit("triage", Calls(400, 1), Options);
        EscalationPolicy policy = EscalateWhen.RiskAbove(0.1, calibration);
        RiskThreshold threshold = calibration.GetThreshold(0.1);
        Assert.That(threshold.Coverage, Is.InRange(0.2, 0.8));
        Assert.That((threshold.AcceptedWrong + 1.0) / (threshold.Labels + 1), Is.LessThanOrEqualTo(0.1));
        Assert.That((await policy.EvaluateAsync(Answer("small-1", -0.01))).Escalate, Is.False);
        Assert.That((await policy.EvaluateAsync(Answer("small-1", -3))).Reason, Is.EqualTo("risk_above"));
        Assert.That((await policy.EvaluateAsync(Answer("small-2", -0.01))).Reason, Is.EqualTo("calibration_mismatch"));
        Assert.That((await policy.EvaluateAsync(Answer(null, -0.01))).Reason, Is.EqualTo("calibration_mismatch"));
        Assert.That((await policy.EvaluateAsync(Answer("small-1", null))).Reason, Is.EqualTo("signal_missing"));
        Assert.That((await policy.EvaluateAsync(new EscalationContext([], null, new InvalidOperationException()))).Escalate, Is.False);
        Assert.That(calibration.GetErrorRateThreshold(0.4, 0.1).Value, Is.LessThan(double.PositiveInfinity));
    }

    [Test]
    public void Refusals_SayHowManyLabelsAreNeeded()
    {
        RiskCalibration small = RiskCalibration.Fit("triage", Calls(36, 2), Options);
        Assert.That(Assert.Throws<InsufficientLabelsException>(() => EscalateWhen.RiskAbove(0.05, small))!.Required, Is.EqualTo(19));
        Assert.That(Assert.Throws<InsufficientLabelsException>(() => EscalateWhen.ErrorRateAbove(0.05, 0.05, small))!.Required, Is.EqualTo(59));
        Assert.Throws<ArgumentOutOfRangeException>(() => EscalateWhen.RiskAbove(double.NaN, small));

        LabeledCall[] oneClass = [.. Calls(50, 3).Select(c => new LabeledCall(c.Signals, true))];
        Assert.That(Assert.Throws<InsufficientLabelsException>(() => RiskCalibration.Fit("triage", oneClass))!.Message, Does.Contain("0 wrong"));
        Assert.Throws<InsufficientLabelsException>(() => RiskCalibration.Fit("triage", []));
        Assert.Throws<ArgumentException>(() => RiskCalibration.Fit("triage", [.. Calls(30, 4).Select(c => new LabeledCall(new Dictionary<string, double>(), c.IsCorrect))]));
        Assert.Throws<ArgumentException>(() => new LabeledCall(new Dictionary<string, double> { ["x"] = double.NaN }, true));
        Assert.Throws<ArgumentException>(() => RiskCalibration.Fit("triage", [.. Calls(30, 4), new LabeledCall(Calls(1, 1)[0].Signals, true) { ModelId = "other" }], Options));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void File_GivesBackTheSameCalibration(bool isotonic)
    {
        using TemporaryFile file = new();
        RiskCalibration saved = RiskCalibration.Fit("triage", Calls(300, 5), Options with { Model = new CorrectnessModelOptions { UseIsotonic = isotonic } });
        saved.Save(file.Path);
        RiskCalibration loaded = RiskCalibration.Load(file.Path);
        Assert.That((loaded.Task, loaded.ModelId, loaded.PromptVersion, loaded.CreatedAt, loaded.Labels), Is.EqualTo((saved.Task, saved.ModelId, saved.PromptVersion, saved.CreatedAt, saved.Labels)));
        Assert.That(loaded.GetThreshold(0.07), Is.EqualTo(saved.GetThreshold(0.07)));
        Assert.That(loaded.GetErrorRateThreshold(0.2, 0.1), Is.EqualTo(saved.GetErrorRateThreshold(0.2, 0.1)));
        Assert.That(Calls(20, 6).Select(c => loaded.Model.Predict(c.Signals)), Is.EqualTo(Calls(20, 6).Select(c => saved.Model.Predict(c.Signals))));
        loaded.EnsureMatches("triage", "small-1", "p7");
        Assert.Throws<CalibrationMismatchException>(() => loaded.EnsureMatches(task: "routing"));
        Assert.Throws<CalibrationMismatchException>(() => loaded.EnsureMatches(modelId: "small-2"));
        Assert.Throws<CalibrationMismatchException>(() => loaded.EnsureMatches(promptVersion: "p8"));
    }

    [Test]
    public void DamagedAndForeignFiles_AreRefused()
    {
        using TemporaryFile file = new();
        RiskCalibration.Fit("triage", Calls(60, 7), Options).Save(file.Path);
        string good = File.ReadAllText(file.Path);
        string[] bad =
        [
            "", "null", "[]", "{}", "not json", good[..(good.Length / 2)], good.Replace("triage", "routing"), good.Replace("\"version\": 1", "\"version\": 2"), good.Replace("heteroagent.", "other."),
            good.Replace("true", "false"), good.Replace("\"scales\"", "\"scale\""), "{\"format\": 3}",
        ];
        foreach (string text in bad)
        {
            File.WriteAllText(file.Path, text);
            Assert.Throws<CalibrationFileException>(() => RiskCalibration.Load(file.Path), text.Length > 80 ? text[..80] : text);
        }

        // Any one digit or letter changed somewhere: refused or, in white space only, the same calibration.
        Random random = new(3);
        byte[] bytes = Encoding.UTF8.GetBytes(good);
        for (int i = 0; i < 300; i++)
        {
            byte[] mutated = (byte[])bytes.Clone();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(file.Path, mutated);
            try
            {
                Assert.That(RiskCalibration.Load(file.Path).Labels, Is.EqualTo(30));
            }
            catch (CalibrationFileException)
            {
            }
        }

        Assert.Throws<FileNotFoundException>(() => RiskCalibration.Load(file.Path + ".absent"));
    }

    [Test]
    public void Groups_AreNeverSplit_NorScoredByAModelThatSawThem()
    {
        // A signal that only tells the group: a model that had seen a group's label would know it; out of its group it cannot.
        Random random = new(8);
        LabeledCall[] calls = [.. Enumerable.Range(0, 40).SelectMany(g =>
        {
            bool correct = random.Next(2) == 0;
            return Enumerable.Range(0, 5).Select(_ => new LabeledCall(Enumerable.Range(0, 40).ToDictionary(j => $"g{j}", j => j == g ? 1.0 : 0), correct) { Group = $"q{g}" });
        })];
        IReadOnlyList<double> scores = CorrectnessModel.PredictOutOfFold(calls, new CorrectnessModelOptions { L2 = 0.01 });
        double ok = calls.Zip(scores).Count(p => p.First.IsCorrect == (p.Second > 0.5)) / 200.0;
        Assert.That(ok, Is.LessThan(0.7));
        Assert.That(RiskCalibration.Fit("t", calls).Labels, Is.EqualTo(100));
    }

    private static EscalationContext Answer(string? model, double? meanLogprob)
    {
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, "yes")) { ModelId = model, AdditionalProperties = [] };
        if (meanLogprob is { } mean)
        {
            response.AdditionalProperties.SetConfidence(new Confidence(mean, 2 * mean, 5));
        }

        return new EscalationContext([], null, response);
    }

    // The lower the log-probability, the more often wrong.
    private static LabeledCall[] Calls(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            double mean = -3 * random.NextDouble();
            return new LabeledCall(new Dictionary<string, double> { [CallSignals.MeanLogprob] = mean, [CallSignals.MinLogprob] = mean * 2 }, i < 4 ? i % 2 == 0 : random.NextDouble() < Math.Exp(mean * 0.7));
        })];
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
