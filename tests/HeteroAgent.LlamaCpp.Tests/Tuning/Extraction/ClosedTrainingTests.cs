using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Slots of closed sets from the data to the answers of the file that was trained.</summary>
internal sealed class ClosedTrainingTests
{
    private static readonly string[] Rooms = ["kitchen", "living room", "bathroom", "hall", "office", "attic", "cellar", "garage"];
    private static readonly (string Text, string Tool, string? Slot, string? Value)[] Templates =
    [
        ("make it warmer in the {0}", "set_temperature", "direction", "up"),
        ("i am freezing in the {0}", "set_temperature", "direction", "up"),
        ("turn up the heat in the {0} please", "set_temperature", "direction", "up"),
        ("make it cooler in the {0}", "set_temperature", "direction", "down"),
        ("the {0} is far too hot", "set_temperature", "direction", "down"),
        ("adjust the temperature in the {0}", "set_temperature", null, null),
        ("i cannot see a thing in the {0}", "set_light", "level", "bright"),
        ("the {0} is too glaring", "set_light", "level", "dim"),
        ("check the lamps in the {0}", "set_light", null, null),
    ];

    private static readonly TuningExample[] All = [.. Templates.SelectMany(t => Rooms.Select(r => Example(t, r)))];
    private static readonly TuningSet Seen = TuningSet.FromExamples(All.Where((_, i) => i % 7 != 3));
    private static readonly TuningSet Unseen = TuningSet.FromExamples(All.Where((_, i) => i % 7 == 3));
    private string _folder = null!;
    private TuningResult _result = null!;
    private ExtractiveModel _model = null!;

    [OneTimeSetUp]
    public async Task Train()
    {
        _folder = Directory.CreateTempSubdirectory("closed").FullName;
        ExtractiveSet train = Seen.ToExtractive();
        _result = await ExtractiveTrainer.TrainAsync(train, Path.Combine(_folder, "home.gguf"), Options(40), Unseen.ToExtractive(train.ClosedSlots));
        _model = await ExtractiveModel.LoadAsync(_result.Files[0], new ExtractiveModelOptions { Threads = 1 });
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _model?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void The_model_knows_its_closed_slots()
    {
        Assert.That(_model.Tools.SelectMany(t => t.ClosedSlots).Select(c => $"{c.Tool}.{c.Slot}={string.Join('|', c.Members)}"), Is.EqualTo((string[])["set_light.level=bright|dim", "set_temperature.direction=down|up"]));
        Assert.That(_model.Tools.SelectMany(t => t.Slots), Is.All.EqualTo("room"));
    }

    [Test]
    public async Task Every_call_is_exactly_right_through_the_chat_client()
    {
        using IChatClient client = _model.AsIChatClient();
        TuningEvaluationOptions options = new() { OfferTools = false };
        Assert.That((await TuningEvaluator.EvaluateAsync(client, Seen, options)).Exact.Value, Is.EqualTo(1));
        Assert.That((await TuningEvaluator.EvaluateAsync(client, Unseen, options)).Exact.Value, Is.EqualTo(1));
        Assert.That(_result.ValidationMetric, Is.EqualTo(1), "the trainer's own measure");
    }

    [Test]
    public async Task A_call_carries_its_members_and_their_probability()
    {
        Extraction call = await _model.ExtractAsync("make it cooler in the hall");
        Assert.Multiple(() =>
        {
            Assert.That(call.Closed.Select(c => (c.Slot, c.Value)), Is.EqualTo(((string, string)[])[("direction", "down")]));
            Assert.That(call.Spans.Single().Value, Is.EqualTo("hall"));
            Assert.That(call.Labels[^1], Is.EqualTo(new TokenLogprob(1, "direction=down", call.Closed[0].Logprob)));
            Assert.That(call.Labels, Has.Count.EqualTo(1 + 6 + 1));
            Assert.That(call.Logprob, Is.EqualTo(call.Labels.Sum(l => l.Logprob)));
            Assert.That(call.Closed[0].Logprob, Is.InRange(-0.7, 0));
        });
    }

    [Test]
    public async Task A_tool_offered_gets_its_members_as_arguments()
    {
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("set_temperature", null, System.Text.Json.JsonDocument.Parse("""{"type":"object","properties":{"room":{"type":"string"},"direction":{"enum":["UP","DOWN"]}},"required":["direction"]}""").RootElement);
        using IChatClient client = _model.AsIChatClient();
        ChatOptions options = new() { Tools = [tool] };
        ChatResponse response = await client.GetResponseAsync("make it warmer in the office", options);
        Assert.That(response.Messages[0].Contents.OfType<FunctionCallContent>().Single().Arguments, Is.EquivalentTo(new Dictionary<string, object?> { ["room"] = "office", ["direction"] = "UP" }));
        Assert.That(() => client.GetResponseAsync("adjust the temperature in the office", options), Throws.TypeOf<ExtractionException>().With.Property("Failure").EqualTo(ExtractionFailure.InvalidAnswer), "no direction is said, and none is made up");
    }

    [Test]
    public async Task Requests_decoded_together_are_read_like_single_ones_and_two_models_are_averaged()
    {
        using ExtractiveModel twice = await ExtractiveModel.LoadAsync([_result.Files[0], _result.Files[0]], new ExtractiveModelOptions { Threads = 1 });
        string[] requests = [.. All.Where((_, i) => i % 5 == 0).Select(e => e.Messages[0].Text)];
        Extraction[] together = await twice.ExtractAsync(requests);
        foreach (Extraction call in together)
        {
            Extraction alone = await _model.ExtractAsync(call.Request);
            Assert.That(call.Closed.Select(c => c.Value), Is.EqualTo(alone.Closed.Select(c => c.Value)));
            Assert.That(call.Logprob, Is.EqualTo(alone.Logprob).Within(0.02));
        }
    }

    [Test]
    public async Task Validation_counts_members()
    {
        // The same requests with the directions turned round: tools and rooms are right, the calls are not.
        ExtractiveSet train = Seen.ToExtractive();
        ExtractiveSet turned = ExtractiveSet.FromExamples(train.Examples.Where(e => e.Closed.ContainsKey("direction"))
            .Select(e => new ExtractiveExample(e.Request, e.Tool, e.Spans) { Closed = new Dictionary<string, string> { ["direction"] = e.Closed["direction"] == "up" ? "down" : "up" } }));
        TuningResult result = await ExtractiveTrainer.TrainAsync(train, Path.Combine(_folder, "turned.gguf"), Options(30), turned);
        Assert.That(result.ValidationMetric, Is.LessThan(0.1));
    }

    [Test]
    public void Requests_that_leave_no_room_are_refused()
    {
        ExtractiveTrainingOptions options = Options(1);
        options.ContextLength = 16;
        ExtractiveSet train = ExtractiveSet.FromExamples([new ExtractiveExample(string.Concat(Enumerable.Repeat("a ", 30)), "t", []) { Closed = new Dictionary<string, string> { ["s"] = "m" } }]);
        Assert.That(() => ExtractiveTrainer.TrainAsync(train, Path.Combine(_folder, "long.gguf"), options), Throws.TypeOf<TuningException>().With.Property("Failure").EqualTo(TuningFailure.UnusableData));
        ExtractiveSet many = ExtractiveSet.FromExamples([new ExtractiveExample("a", "t", []) { Closed = Enumerable.Range(0, 14).ToDictionary(i => $"s{i}", _ => "m") }]);
        Assert.That(() => ExtractiveTrainer.TrainAsync(many, Path.Combine(_folder, "many.gguf"), options), Throws.TypeOf<TuningException>().With.Message.Contains("14 closed slots"));
    }

    private static ExtractiveTrainingOptions Options(int epochs) => new()
    {
        Width = 32,
        Layers = 2,
        Merges = 120,
        ContextLength = 64,
        Type = GgmlType.F32,
        Augmentation = ExtractiveAugmentation.None,
        Training = new TuningOptions { Epochs = epochs, BatchSize = 8, LearningRate = 4e-3, WarmupSteps = 20, WeightDecay = 0.05, Threads = 1 },
    };

    private static TuningExample Example((string Text, string Tool, string? Slot, string? Value) template, string room)
    {
        Dictionary<string, object?> arguments = new() { ["room"] = room };
        if (template.Slot is not null)
        {
            arguments[template.Slot] = template.Value;
        }

        string request = string.Format(System.Globalization.CultureInfo.InvariantCulture, template.Text, room);
        return new TuningExample([new ChatMessage(ChatRole.User, request), new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c", template.Tool, arguments)])]);
    }
}
