using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ClassifierTrainerTests
{
    private static readonly HashedEmbeddingGenerator Encoder = new(dimensions: 128);

    /// <summary>Three subjects of a few words each.</summary>
    internal static IReadOnlyList<(string Text, string Label)> Examples(int each, int seed = 1)
    {
        string[][] words = [["card", "lost", "stolen", "plastic", "wallet"], ["rent", "flat", "lease", "landlord", "keys"], ["train", "late", "platform", "ticket", "seat"]];
        string[] labels = ["lost_card", "rent_flat", "late_train"];
        Random random = new(seed);
        return [.. Enumerable.Range(0, each * 3).Select(i => (string.Join(' ', Enumerable.Range(0, 4).Select(_ => words[i % 3][random.Next(5)]).Append($"number{random.Next(1000)}")), labels[i % 3]))];
    }

    [Test]
    public async Task What_was_held_out_tells_what_comes_later()
    {
        ClassifierHead head = await ClassifierTrainer.TrainAsync(Examples(40), Encoder);
        Assert.That(head.Labels, Is.EqualTo(new[] { "late_train", "lost_card", "rent_flat" }), "ordinal order");
        Assert.That((head.EncoderName, head.Dimension, head.ExampleCount, head.HeldOut!.Examples), Is.EqualTo(("hashed", 128, 120, 120)));
        using TextClassifier classifier = await TextClassifier.CreateAsync(Encoder, [head]);
        IReadOnlyList<(string Text, string Label)> later = Examples(40, seed: 2);
        IReadOnlyList<Classification> found = await classifier.ClassifyAsync([.. later.Select(l => l.Text)]);
        Assert.That(found.Zip(later).Average(p => p.First.Label == p.Second.Label ? 1.0 : 0.0), Is.EqualTo(head.HeldOut.Accuracy).Within(0.05).And.GreaterThan(0.9));
        Assert.That(found.Select(f => f.Ranked.Sum(r => r.Probability)), Is.All.EqualTo(1).Within(1e-9));
        Assert.That(found, Has.All.Matches<Classification>(f => f!.Ranked.Count == 3 && f.Ranked[0].Probability >= f.Ranked[1].Probability));
        Assert.That(found.Average(f => f.IsInScope ? 1.0 : 0.0), Is.EqualTo(0.95).Within(0.08), "a twentieth may be refused");
        Classification foreign = await classifier.ClassifyAsync("photosynthesis of green algae");
        Assert.That(foreign.IsInScope, Is.False);
    }

    [Test]
    public async Task The_same_examples_and_seed_give_the_same_file()
    {
        ClassifierHead one = await ClassifierTrainer.TrainAsync(Examples(20), Encoder, new ClassifierTrainingOptions { Threads = 1 });
        ClassifierHead two = await ClassifierTrainer.TrainAsync(Examples(20), Encoder, new ClassifierTrainingOptions { Threads = 2 });
        Assert.That(ClassifierHeadFile.ToBytes(two), Is.EqualTo(ClassifierHeadFile.ToBytes(one)));
    }

    [Test]
    public void Fewer_than_two_labels_and_bad_examples_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ClassifierTrainer.TrainAsync([("a", "x"), ("b", "x")], Encoder), Throws.ArgumentException.With.Message.Contains("one label, 'x'"));
            Assert.That(() => ClassifierTrainer.TrainAsync([], Encoder), Throws.ArgumentException.With.Message.Contains("no label"));
            Assert.That(() => ClassifierTrainer.TrainAsync([("a", "x"), ("b", " ")], Encoder), Throws.ArgumentException.With.Message.Contains("index 1"));
            Assert.That(() => ClassifierTrainer.TrainAsync([("a", "x"), (null!, "y")], Encoder), Throws.ArgumentException.With.Message.Contains("no text"));
            Assert.That(() => ClassifierTrainer.TrainAsync(Examples(2), null!), Throws.ArgumentNullException);
            Assert.That(() => ClassifierTrainer.TrainAsync(Examples(2), Encoder, new ClassifierTrainingOptions { InversePenalty = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ClassifierTrainer.TrainAsync(Examples(2), Encoder, new ClassifierTrainingOptions { Folds = 1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ClassifierTrainer.TrainAsync(Examples(2), Encoder, new ClassifierTrainingOptions { RefusalRate = 1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => ClassifierTrainer.TrainAsync(Examples(2), Encoder, cancellationToken: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        });
    }

    [Test]
    public async Task One_example_a_label_is_fitted_and_refuses_nothing()
    {
        ClassifierHead head = await ClassifierTrainer.TrainAsync([("my card is lost", "card"), ("the flat is cold", "flat"), ("my card is lost", "card")], Encoder);
        Assert.That((head.HeldOut, head.Temperature, head.InScopeThreshold), Is.EqualTo(((ClassifierHeldOut?)null, 1.0, double.NegativeInfinity)));
        using TextClassifier classifier = await TextClassifier.CreateAsync(Encoder, [head]);
        Assert.That((await classifier.ClassifyAsync("a lost card")).Label, Is.EqualTo("card"));
    }

    [Test]
    public async Task An_empty_text_is_an_example_and_a_text_like_any_other()
    {
        ClassifierHead head = await ClassifierTrainer.TrainAsync([.. Examples(5), ("", "nothing"), ("  ", "nothing")], Encoder);
        using TextClassifier classifier = await TextClassifier.CreateAsync(Encoder, [head]);
        Classification empty = await classifier.ClassifyAsync("");
        Assert.That(double.IsFinite(empty.InScopeScore) && double.IsFinite(empty.Probability));
        Assert.That((await classifier.ClassifyAsync([])), Is.Empty);
    }

    [Test]
    public void Examples_of_one_text_are_held_out_together_and_a_lone_one_never()
    {
        string[] texts = ["a", "A ", "b", "c", "d", "e", "only"];
        int[] classes = [0, 0, 0, 0, 1, 1, 2];
        IReadOnlyList<int[]> folds = ExampleFolds.Deal(texts, classes, folds: 2, seed: 7);
        Assert.That(folds.SelectMany(f => f).Order(), Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
        Assert.That(folds.Single(f => f.Contains(0)), Does.Contain(1));
    }

    [Test]
    public async Task Texts_out_of_scope_put_the_threshold_between_themselves_and_the_others()
    {
        string[] foreign = ["photosynthesis of algae", "a sonata in minor", "tides and moons", "volcanic glass"];
        ClassifierHead head = await ClassifierTrainer.TrainAsync(Examples(20), Encoder, new ClassifierTrainingOptions { OutOfScope = foreign });
        using TextClassifier classifier = await TextClassifier.CreateAsync(Encoder, [head]);
        Assert.That((await classifier.ClassifyAsync(["stolen wallet card", "green algae photosynthesis"])).Select(c => c.IsInScope), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public async Task The_penalty_is_searched_where_asked()
    {
        ClassifierHead head = await ClassifierTrainer.TrainAsync(Examples(10), Encoder, new ClassifierTrainingOptions { SearchInversePenalty = true, InversePenalty = 0.001 });
        Assert.That(head.InversePenalty, Is.AnyOf(1, 3, 10, 30, 100));
    }

    [Test]
    public async Task Progress_counts_up_to_its_end()
    {
        List<TuningProgress> reports = [];
        _ = await ClassifierTrainer.TrainAsync(Examples(10), Encoder, progress: new Recorder(reports));
        Assert.That(reports.Select(r => r.Step), Is.Ordered);
        Assert.That(reports[^1].Step, Is.EqualTo(reports[^1].Steps));
        Assert.That(reports[^1].ValidationMetric, Is.GreaterThan(0.5));
        Assert.That(double.IsFinite(reports[^1].Loss));
    }

    [Test]
    public async Task An_answer_that_is_a_call_is_no_label()
    {
        TuningSet set = TuningSet.FromExamples([new TuningExample("lost card", "card"), new TuningExample("cold flat", "flat")]);
        Assert.That((await ClassifierTrainer.TrainAsync(set, Encoder)).Labels, Is.EqualTo(new[] { "card", "flat" }));
        TuningSet calls = TuningSet.FromExamples(
        [
            new TuningExample("lost card", "card"),
            new TuningExample([new(Microsoft.Extensions.AI.ChatRole.User, "x"), new(Microsoft.Extensions.AI.ChatRole.Assistant, [new Microsoft.Extensions.AI.FunctionCallContent("1", "f")])]) { Line = 7 },
        ]);
        Assert.That(() => ClassifierTrainer.TrainAsync(calls, Encoder), Throws.ArgumentException.With.Message.Contains("line 7"));
    }

    private sealed class Recorder(List<TuningProgress> reports) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => reports.Add(value);
    }
}
