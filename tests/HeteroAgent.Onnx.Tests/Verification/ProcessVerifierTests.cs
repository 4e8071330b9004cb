using Microsoft.ML.OnnxRuntime.Tensors;
using NUnit.Framework;

namespace HeteroAgent.Onnx.Tests;

/// <summary>A verifier that is trained, written, loaded and run.</summary>
public sealed class ProcessVerifierTests
{
    private static readonly ProcessVerifierTrainingOptions Small = new()
    {
        Bags = 2,
        Folds = 3,
        StepTrees = new() { Trees = 20, Leaves = 6, MinLeafRows = 3 },
        TraceTrees = new() { Trees = 20, Leaves = 6, MinLeafRows = 3 },
    };

    private byte[] _file = [];

    [OneTimeSetUp]
    public void Train() => _file = ProcessVerifierTrainer.Train(GeneratedTraces.Make(240, 1), Small, new Dictionary<string, string> { ["made.for"] = "tests" });

    [Test]
    public async Task Slips_on_unseen_questions_are_found_at_their_step()
    {
        using ProcessVerifier verifier = ProcessVerifier.Load(_file);
        int exact = 0;
        IReadOnlyList<LabeledTrace> unseen = GeneratedTraces.Make(100, 2);
        foreach (LabeledTrace labeled in unseen)
        {
            exact += (await verifier.VerifyAsync(labeled.Trace)).FirstError == labeled.FirstError ? 1 : 0;
        }

        Assert.That(exact, Is.GreaterThanOrEqualTo(90), "Every slip breaks an equation that is written out.");
    }

    [Test]
    public async Task The_file_scores_as_the_trees_that_were_grown()
    {
        TrainingTable table = TrainingTable.Create(GeneratedTraces.Make(240, 1), Small.Seed, CancellationToken.None);
        VerifierTrees trees = VerifierTrees.Train(table.Rows, Small, CancellationToken.None);
        Dictionary<string, double> thresholds = new() { [VerifierFile.AnyDomain] = 0.1, ["arithmetic"] = -0.2 };
        using ProcessVerifier verifier = ProcessVerifier.Load(VerifierFile.Write(trees, thresholds, new Dictionary<string, string>()));
        foreach (LabeledTrace labeled in GeneratedTraces.Make(40, 3))
        {
            TraceFeatures features = TraceFeatures.Of(labeled.Trace);
            VerificationResult managed = trees.Score(features).ToResult(thresholds[features.Domain], features.Domain, false, features.Reasons);
            VerificationResult native = await verifier.VerifyAsync(labeled.Trace);
            Assert.That(native.Steps.Select(s => s.Score), Is.EqualTo(managed.Steps.Select(s => s.Score)).Within(1e-4));
            Assert.That(native.FirstError, Is.EqualTo(managed.FirstError));
        }
    }

    [Test]
    public void The_same_traces_and_seed_give_the_same_file() =>
        Assert.That(ProcessVerifierTrainer.Train(GeneratedTraces.Make(240, 1), Small, new Dictionary<string, string> { ["made.for"] = "tests" }), Is.EqualTo(_file));

    [Test]
    public void Models_that_are_no_verifier_are_refused()
    {
        byte[] other = new OnnxModelWriter("other")
            .Input("x", TensorElementType.Float, 1)
            .Operator("Identity", ["x"], ["y"])
            .Output("y", TensorElementType.Float, 1)
            .Property("heteroagent.process_verifier", "1")
            .Property("heteroagent.features", "0123456789abcdef")
            .ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(() => ProcessVerifier.Load(TestModels.Identity(TensorElementType.Float, 1)), Throws.InstanceOf<OnnxException>().With.Property("Error").EqualTo(OnnxError.Foreign));
            Assert.That(() => ProcessVerifier.Load(other), Throws.InstanceOf<OnnxException>().With.Message.Contains("other features"));
            Assert.That(() => ProcessVerifier.Load(_file[..^100]), Throws.InstanceOf<OnnxException>().With.Property("Error").EqualTo(OnnxError.Damaged));
        });
    }

    [Test]
    public void Labels_that_cannot_train_a_verifier_are_refused()
    {
        IReadOnlyList<LabeledTrace> traces = GeneratedTraces.Make(60, 4);
        Assert.Multiple(() =>
        {
            Assert.That(() => ProcessVerifierTrainer.Train([.. traces.Where(t => t.IsFlawed)], Small), Throws.ArgumentException.With.Message.Contains("flawed"));
            Assert.That(() => ProcessVerifierTrainer.Train([.. traces.Take(2)], Small), Throws.ArgumentException.With.Message.Contains("folds"));
            Assert.That(() => ProcessVerifierTrainer.Train([.. traces.Select(t => t with { IsWeak = true })], Small), Throws.ArgumentException.With.Message.Contains("weak"));
            Assert.That(() => new LabeledTrace(traces[0].Trace, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LabeledTrace(traces[0].Trace, 0) { Weight = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void A_cancelled_call_scores_nothing()
    {
        using ProcessVerifier verifier = ProcessVerifier.Load(_file);
        Assert.That(async () => await verifier.VerifyAsync(new("q", ["s"]), new(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }
}
