using HeteroAgent.LlamaCpp;
using HeteroAgent.TestKit;
using NUnit.Framework;

namespace HeteroAgent.Cli.Tests;

public sealed class SnipsDataTests
{
    [Test]
    public void The_training_requests_are_read_less_those_held_out()
    {
        string folder = SharedData.Require("data", "snips");
        IReadOnlyList<string> dev = SnipsData.ReadRequests(SharedData.Require("models", "starter", "dev.json"));
        IReadOnlyList<ExtractiveExample> all = SnipsData.ReadTraining(folder);
        IReadOnlyList<ExtractiveExample> training = SnipsData.ReadTraining(folder, dev);
        ExtractiveSet set = ExtractiveSet.FromExamples(training);
        Assert.Multiple(() =>
        {
            // The benchmark's own count, and the pieces of one request in Latin-1.
            Assert.That(all, Has.Count.EqualTo(13_784));
            Assert.That(all.Any(e => e.Request.Contains('\uFFFD', StringComparison.Ordinal)), Is.False);
            Assert.That(training, Has.Count.InRange(13_050, 13_070));
            Assert.That(training.Select(e => e.Request), Has.None.AnyOf(dev.Take(50).ToArray()));
            Assert.That(set.Tools, Has.Count.EqualTo(7));
            Assert.That(set.Tools.SelectMany(t => t.Slots).Distinct().Count(), Is.EqualTo(39));
            Assert.That(set.Rejected, Has.Count.LessThan(5));
        });
    }

    [Test]
    public void The_validation_requests_are_those_of_the_sample()
    {
        IReadOnlyList<ExtractiveExample> validation = SnipsData.ReadValidation(SharedData.Require("data", "snips"));
        Assert.That(validation, Has.Count.EqualTo(700));
        Assert.That(SnipsData.ToTuningSet(validation).Examples, Has.Count.EqualTo(700));
    }

    [Test]
    public void Variants_change_how_a_request_is_written_and_not_its_call()
    {
        ExtractiveExample[] examples = [new("Play Jazz by Yuna Ito", "PlayMusic", [new SlotSpan("genre", 5, 4), new SlotSpan("artist", 13, 8)])];
        ExtractiveExample lower = RequestVariant.LowerCase(examples).Single();
        ExtractiveExample wrong = RequestVariant.OneTypingError(examples).Single();
        Assert.Multiple(() =>
        {
            Assert.That(lower.Spans.Select(lower.Value), Is.EqualTo((string[])["jazz", "yuna ito"]));
            Assert.That(RequestVariant.UpperCase(examples).Single().Request, Is.EqualTo("PLAY JAZZ BY YUNA ITO"));
            Assert.That(wrong.Spans.Select(wrong.Value), Is.EqualTo((string[])["Jazz", "Yuna Ito"]));
            Assert.That(wrong.Request, Is.Not.EqualTo(examples[0].Request).And.EqualTo(RequestVariant.OneTypingError(examples).Single().Request));
        });
    }

    [Test]
    public void A_folder_without_the_files_is_refused() =>
        Assert.That(() => SnipsData.ReadTraining(TestContext.CurrentContext.WorkDirectory), Throws.TypeOf<UsageException>().With.Message.Contains("train_*_full.json"));
}
