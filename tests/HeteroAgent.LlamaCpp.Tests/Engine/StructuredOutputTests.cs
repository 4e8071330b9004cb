using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

/// <summary>Schemas, choices, spans and tool calls on the real chat model.</summary>
public class StructuredOutputTests
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create((string city, int days) => city + days, "get_weather", "Get the weather forecast for a city.");
    private static readonly AIFunction Play = AIFunctionFactory.Create((string artist) => artist, "play_music", "Play music by an artist.");

    [SetUp]
    public void RequireModel() => _ = Models.SmolLM2Path;

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static async Task<ChatResponse> AskAsync(string prompt, ChatOptions options)
    {
        using IChatClient client = (await Models.SmolLM2Async()).AsIChatClient();
        return await client.GetResponseAsync(prompt, options);
    }

    [Test]
    public async Task Schema_AnswerValidatesAndIsCompact()
    {
        ChatResponse response = await AskAsync("Describe a person named Anna who is 31 and likes chess and tea.", new ChatOptions
        {
            MaxOutputTokens = 100,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""
                {"type":"object","properties":{"name":{"type":"string","maxLength":40},"age":{"type":"integer"},"likes":{"type":"array","items":{"type":"string","maxLength":20},"minItems":2,"maxItems":2},"married":{"type":["boolean","null"]}},"required":["name","age","likes","married"],"additionalProperties":false}
                """)),
        });
        TestContext.Out.WriteLine(response.Text);
        JsonElement answer = Json(response.Text);
        Assert.That(answer.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "name", "age", "likes", "married" }));
        Assert.That(answer.GetProperty("likes").GetArrayLength(), Is.EqualTo(2));
        Assert.That(response.Text, Does.Not.Contain("\": "));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Stop));
        Assert.That(response.GetConfidence()!.Score, Is.InRange(0, 1));
    }

    [TestCase(8)]
    [TestCase(12)]
    [TestCase(20)]
    [TestCase(33)]
    public async Task Schema_NearTheTokenLimit_ClosesWhatIsOpen(int limit)
    {
        ChatResponse response = await AskAsync("Write a long story about a fox.", new ChatOptions
        {
            MaxOutputTokens = limit,
            Temperature = 1,
            Seed = limit,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"s":{"type":"string"}},"required":["s"]}""")),
        });
        Assert.That(Json(response.Text).GetProperty("s").ValueKind, Is.EqualTo(JsonValueKind.String));
        Assert.That(response.Usage!.OutputTokenCount, Is.LessThanOrEqualTo(limit));
    }

    [Test]
    public Task Schema_LimitBelowTheShortestAnswer_IsRefusedBeforeAnyWork() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AskAsync("x", new ChatOptions
        {
            MaxOutputTokens = 5,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"number":{"type":"string"}},"required":["number"]}""")),
        }));

    [Test]
    public async Task Schema_UnsupportedKeyword_IsRefusedWithItsPointer()
    {
        UnsupportedSchemaException? e = await Assert.ThrowsAsync<UnsupportedSchemaException>(() => AskAsync("x", new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"a":{"type":"string","pattern":"(x)\\1"}}}""")),
        }));
        Assert.That(e!.Message, Does.Contain("pattern"));
        Assert.That(e.JsonPointer, Does.Contain("/properties/a"));
    }

    [Test]
    public async Task Span_ValueOccursInTheInput()
    {
        const string Request = "Please book a table for two at the Blue Lantern in Ghent tomorrow evening.";
        ChatResponse response = await AskAsync(Request, new ChatOptions
        {
            MaxOutputTokens = 60,
            Instructions = "Extract the restaurant and the city from the request.",
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"restaurant":{"type":"string","x-span":true},"city":{"type":"string","x-span":true}},"required":["restaurant","city"]}""")),
        });
        TestContext.Out.WriteLine(response.Text);
        foreach (JsonProperty property in Json(response.Text).EnumerateObject())
        {
            Assert.That(Request.Contains(property.Value.GetString()!, StringComparison.Ordinal), property.Name);
        }
    }

    [Test]
    public async Task Choice_GivesAProbabilityForEach()
    {
        ChatOptions options = new()
        {
            Instructions = "Say whether the review is positive or negative.",
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Json("""{"enum":["positive","negative"]}""")),
        };
        ChatResponse good = await AskAsync("I love this film, it was wonderful and great fun!", options);
        ChatResponse bad = await AskAsync("Terrible. I hated every minute, a waste of money.", options);
        IReadOnlyDictionary<string, double> ofGood = good.GetConfidence()!.Choices!;
        IReadOnlyDictionary<string, double> ofBad = bad.GetConfidence()!.Choices!;
        TestContext.Out.WriteLine($"{good.Text} {string.Join(' ', ofGood)}; {bad.Text} {string.Join(' ', ofBad)}");
        Assert.That(ofGood.Values.Sum(), Is.EqualTo(1).Within(1e-9));
        Assert.That(good.GetConfidence()!.Probability, Is.EqualTo(ofGood.Values.Max()).Within(1e-9));
        Assert.That(ofGood["\"positive\""] / ofGood["\"negative\""], Is.GreaterThan(ofBad["\"positive\""] / ofBad["\"negative\""]));
    }

    [Test]
    public async Task Choice_ScoresAreThoseOfOneByOne()
    {
        LlamaModel model = await Models.SmolLM2Async();
        List<int> prompt = [];
        model.Vocabulary.AppendPlain("The capital of France is", prompt);
        string[] texts = [" Paris", " Paris, of course", " Berlin", " the city of Paris", " the city of light", " a", " not known to me at all"];
        int[][] choices = [.. texts.Select(t =>
        {
            List<int> tokens = [];
            model.Vocabulary.AppendPlain(t, tokens);
            return tokens.ToArray();
        })];
        GenerationRequest together = new([.. prompt], CancellationToken.None) { Choices = choices };
        model.Scheduler.Submit(together);
        await together.Output.Completion;
        for (int i = 0; i < choices.Length; i++)
        {
            GenerationRequest alone = new([.. prompt], CancellationToken.None) { Choices = [choices[i]] };
            model.Scheduler.Submit(alone);
            await alone.Output.Completion;
            Assert.That(together.ChoiceScores![i], Is.EqualTo(alone.ChoiceScores![0]).Within(0.05), texts[i]);
        }
    }

    [Test]
    public async Task Tools_RequireAny_AlwaysCalls()
    {
        ChatResponse response = await AskAsync("What will the weather be in Oslo for the next 3 days?", new ChatOptions { Tools = [Weather, Play], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 80 });
        FunctionCallContent call = (FunctionCallContent)response.Messages[0].Contents.Single();
        TestContext.Out.WriteLine($"{call.Name}({string.Join(", ", call.Arguments!)})");
        Assert.That(call.Name, Is.AnyOf("get_weather", "play_music"));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
    }

    [Test]
    public async Task Tools_RequireSpecific_CallsThatOne()
    {
        ChatResponse response = await AskAsync("What will the weather be in Oslo?", new ChatOptions { Tools = [Weather, Play], ToolMode = ChatToolMode.RequireSpecific("play_music"), MaxOutputTokens = 80 });
        Assert.That(((FunctionCallContent)response.Messages[0].Contents.Single()).Name, Is.EqualTo("play_music"));
    }

    [Test]
    public async Task Tools_None_OffersNothing()
    {
        ChatResponse response = await AskAsync("Say hello.", new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.None, MaxOutputTokens = 10 });
        Assert.That(response.Messages[0].Contents.Single(), Is.InstanceOf<TextContent>());
        Assert.That(response.Usage!.InputTokenCount, Is.LessThan(60));
    }

    [Test]
    public async Task Tools_Auto_StreamingShowsNoTextOfACall()
    {
        using IChatClient client = (await Models.SmolLM2Async()).AsIChatClient();
        foreach (string prompt in new[] { "Call get_weather for Oslo, 3 days. Answer with the JSON call only.", "Tell me a joke." })
        {
            ChatOptions options = new() { Tools = [Weather], MaxOutputTokens = 60 };
            ChatResponse whole = await client.GetResponseAsync(prompt, options);
            ChatResponse streamed = await client.GetStreamingResponseAsync(prompt, options).ToChatResponseAsync();
            TestContext.Out.WriteLine(string.Join(" ", whole.Messages[0].Contents.Select(c => c is FunctionCallContent f ? $"{f.Name}({string.Join(", ", f.Arguments!)})" : ((TextContent)c).Text)));
            Assert.That(streamed.Text, Is.EqualTo(whole.Text));
            Assert.That(streamed.Messages[0].Contents.OfType<FunctionCallContent>().Select(c => c.Name), Is.EqualTo(whole.Messages[0].Contents.OfType<FunctionCallContent>().Select(c => c.Name)));
        }
    }

    [Test]
    public async Task Tools_ConversationWithResults_GoesOn()
    {
        using IChatClient client = (await Models.SmolLM2Async()).AsIChatClient();
        List<ChatMessage> history =
        [
            new(ChatRole.User, "What is the weather in Oslo?"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "get_weather", new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 1 })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "4 degrees, rain")]),
        ];
        ChatResponse response = await client.GetResponseAsync(history, new ChatOptions { Tools = [Weather], MaxOutputTokens = 40 });
        Assert.That(response.Messages, Has.Count.EqualTo(1));
        Assert.That(history, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task JsonMode_WithoutSchema_GivesAnObject()
    {
        ChatResponse response = await AskAsync("Give me a JSON object with a key a.", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 50 });
        Assert.That(Json(response.Text).ValueKind, Is.EqualTo(JsonValueKind.Object));
    }
}
