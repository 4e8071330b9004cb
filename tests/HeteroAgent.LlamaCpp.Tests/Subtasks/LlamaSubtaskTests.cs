using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Typed jobs on a real model in this process.</summary>
public sealed class LlamaSubtaskTests
{
    private const string Instructions = "You read requests to a restaurant. Say what kind of request it is, which place it names, and what is ordered, each thing and whether it is urgent. Use only words of the request.";

    public enum Kind
    {
        Order,
        Booking,
        Complaint,
    }

    private IChatClient _client = null!;

    [OneTimeSetUp]
    public async Task Load() => _client = (await Models.SmolLM2Async()).AsIChatClient();

    [OneTimeTearDown]
    public void Unload() => _client?.Dispose();

    [Test]
    public async Task A_result_has_its_type_and_its_spans_stand_in_the_input()
    {
        Subtask<string, Request> subtask = new("read request", Instructions, _client, new SubtaskOptions { MaxOutputTokens = 120 });
        const string Input = "Please bring two pizzas and one salad to the Blue Lantern, we are hungry.";
        SubtaskResult<Request> result = await subtask.RunAsync(Input);
        TestContext.Out.WriteLine(result.Response.Text);
        Assert.That(Enum.IsDefined(result.Value.Kind));
        Assert.That(Input.Contains(result.Value.Place, StringComparison.Ordinal), result.Value.Place);
        Assert.That(result.Value.Items, Has.All.Matches<Item>(i => Input.Contains(i!.Name, StringComparison.Ordinal)));
        Assert.That(result.Confidence!.MeanLogprob, Is.LessThanOrEqualTo(0));
    }

    [Test]
    public async Task The_second_call_finds_the_instructions_and_examples_in_the_cache()
    {
        await using LlamaModel model = await LlamaModel.LoadAsync(Models.SmolLM2Path);
        using IChatClient client = model.AsIChatClient();
        SubtaskExample<string, Kind>[] examples = [new("I want a table for four.", Kind.Booking), new("My soup was cold.", Kind.Complaint)];
        Subtask<string, Kind> subtask = new("kind", Instructions, client, examples: examples);
        SubtaskResult<Kind> first = await subtask.RunAsync("Three coffees, please.");
        SubtaskResult<Kind> second = await subtask.RunAsync("The waiter shouted at my mother.");
        List<int> input = [];
        model.Vocabulary.AppendPlain("The waiter shouted at my mother.", input);

        // All but the input and what the template writes behind it.
        Assert.That(first.Usage!.CachedInputTokenCount, Is.Zero);
        Assert.That(second.Usage!.CachedInputTokenCount, Is.GreaterThanOrEqualTo(second.Usage.InputTokenCount!.Value - input.Count - 6));
        Assert.That(second.Usage.CachedInputTokenCount, Is.GreaterThan(60));
    }

    [Test]
    public async Task A_closed_set_is_chosen_with_a_probability()
    {
        Subtask<string, Kind> subtask = new("kind", "Say whether the text is an order, a booking or a complaint.", _client);
        SubtaskResult<Kind> result = await subtask.RunAsync("I would like to book a table for two tonight.");
        Assert.That(result.Confidence!.Probability, Is.InRange(1.0 / 3, 1));
        IReadOnlyDictionary<string, double> choices = result.Confidence.Choices!;
        Assert.That(choices, Has.Count.EqualTo(3));
        Assert.That(choices.Values.Sum(), Is.EqualTo(1).Within(1e-6));
        Assert.That(choices.MaxBy(c => c.Value).Key, Does.Contain(result.Value.ToString()));
    }

    [Test]
    public async Task As_a_function_it_is_invoked_with_its_input()
    {
        AIFunction function = new Subtask<string, Kind>("kind", "Say whether the text is an order, a booking or a complaint.", _client).AsAIFunction();
        object? result = await function.InvokeAsync(new AIFunctionArguments { ["input"] = "My soup was cold." });
        Assert.That(Enum.GetNames<Kind>(), Does.Contain(((JsonElement)result!).GetString()));
        Assert.That(function.JsonSchema.GetProperty("properties").TryGetProperty("input", out _), Is.True);
    }

    [Test]
    public void A_limit_below_the_shortest_result_is_refused() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new Subtask<string, Request>("r", Instructions, _client, new SubtaskOptions { MaxOutputTokens = 3 }).RunAsync("x"));

    public sealed record Item([property: Span] string Name, bool Urgent);

    public sealed record Request(Kind Kind, [property: Span] string Place, IReadOnlyList<Item> Items);
}
