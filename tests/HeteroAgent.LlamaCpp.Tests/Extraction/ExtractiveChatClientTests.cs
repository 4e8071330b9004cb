using System.Text.Json;
using HeteroAgent.Starter;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.LlamaCpp.Tests;

internal sealed class ExtractiveChatClientTests
{
    private const string Request = "play some jazz by Miles Davis on spotify";
    private ExtractiveModel _model = null!;
    private IChatClient _client = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        _model = await StarterModel.LoadAsync();
        _client = _model.AsIChatClient();
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _client?.Dispose();
        _model?.Dispose();
    }

    [Test]
    public async Task Without_tools_the_answer_is_compact_json_with_its_places_and_confidence()
    {
        ChatResponse response = await _client.GetResponseAsync(Request, new ChatOptions { AdditionalProperties = new() { [RequestPropertyNames.Logprobs] = true } });
        Assert.That(response.Text, Is.EqualTo("""{"tool":"PlayMusic","args":{"artist":"Miles Davis","genre":"jazz","service":"spotify"}}"""));
        IReadOnlyList<ExtractedSpan> spans = response.GetExtractedSpans();
        Assert.That(spans.Select(s => (s.Slot, Request.Substring(s.Start, s.Length))), Is.EqualTo(new[] { ("genre", "jazz"), ("artist", "Miles Davis"), ("service", "spotify") }));
        Assert.That(response.GetLogprobs().Select(l => l.Text), Is.EqualTo(new[] { "PlayMusic", "O", "O", "genre", "O", "artist", "I", "O", "service" }));
        Assert.That(response.GetConfidence()!.Score, Is.EqualTo(Math.Exp(response.GetLogprobs().Sum(l => l.Logprob))).Within(1e-9));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Stop));
    }

    [Test]
    public async Task With_tools_the_answer_is_a_call_of_one_of_them()
    {
        ChatOptions options = new() { Tools = [Tool("PlayMusic", "artist", "genre"), Tool("GetWeather", "city")] };
        ChatResponse response = await _client.GetResponseAsync(Request, options);
        FunctionCallContent call = response.Messages[0].Contents.OfType<FunctionCallContent>().Single();
        Assert.That(call.Name, Is.EqualTo("PlayMusic"));
        Assert.That(call.Arguments, Is.EquivalentTo(new Dictionary<string, object?> { ["artist"] = "Miles Davis", ["genre"] = "jazz" }), "the service is not a parameter of the tool offered");
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
        Assert.That(call.CallId, Is.Not.Empty);
    }

    [Test]
    public async Task A_required_tool_is_the_only_one_considered_and_none_means_text()
    {
        ChatOptions options = new() { Tools = [Tool("PlayMusic", "artist"), Tool("GetWeather", "city")], ToolMode = ChatToolMode.RequireSpecific("GetWeather") };
        ChatResponse required = await _client.GetResponseAsync(Request, options);
        Assert.That(required.Messages[0].Contents.OfType<FunctionCallContent>().Single().Name, Is.EqualTo("GetWeather"));
        Assert.That(required.GetConfidence()!.Score, Is.LessThan(0.01));
        options.ToolMode = ChatToolMode.None;
        Assert.That((await _client.GetResponseAsync(Request, options)).Text, Does.StartWith("{\"tool\":\"PlayMusic\""));
    }

    [Test]
    public void Tools_that_the_model_does_not_know_are_refused_by_name()
    {
        Assert.That(() => Ask(new ChatOptions { Tools = [Tool("PlayMusic", "artist"), Tool("Fly", "to")] }), Fails(ExtractionFailure.UnknownTool, "Fly"));
        Assert.That(() => Ask(new ChatOptions { Tools = [new HostedWebSearchTool()] }), Fails(ExtractionFailure.UnknownTool, "PlayMusic("));
        Assert.That(() => Ask(new ChatOptions { Tools = [Tool("PlayMusic", "artist")], ToolMode = ChatToolMode.RequireSpecific("GetWeather") }), Fails(ExtractionFailure.UnknownTool, "GetWeather"));
        Assert.That(() => Ask(new ChatOptions { ToolMode = ChatToolMode.RequireAny }), Throws.ArgumentException);
    }

    [Test]
    public async Task A_tool_list_that_changes_between_calls_is_read_anew()
    {
        ChatOptions options = new() { Tools = [Tool("GetWeather", "city")] };
        Assert.That((await Ask(options)).Messages[0].Contents.OfType<FunctionCallContent>().Single().Name, Is.EqualTo("GetWeather"));
        options.Tools.Add(Tool("PlayMusic", "artist"));
        Assert.That((await Ask(options)).Messages[0].Contents.OfType<FunctionCallContent>().Single().Name, Is.EqualTo("PlayMusic"));
    }

    [TestCase("""{"type":"object","properties":{"artist":{"type":"string","x-span":true},"genre":{"enum":["Rock","Jazz"]}},"required":["artist"],"additionalProperties":false}""", "PlayMusic", """{"artist":"Miles Davis","genre":"Jazz"}""")]
    [TestCase("""{"type":"object","properties":{"tool":{"enum":["PlayMusic","GetWeather"]}},"required":["tool"]}""", null, """{"tool":"PlayMusic"}""")]
    [TestCase("""{"type":"object","properties":{"value":{"enum":["get_weather","play_music"]}},"required":["value"]}""", null, """{"value":"play_music"}""")]
    [TestCase("""{"anyOf":[{"type":"object","properties":{"tool":{"const":"GetWeather"},"args":{"type":"object","properties":{"city":{"type":"string"}}}},"required":["tool","args"]},{"type":"object","properties":{"tool":{"const":"PlayMusic"},"args":{"$ref":"#/$defs/play"}},"required":["tool","args"]}],"$defs":{"play":{"type":"object","properties":{"service":{"type":"string"},"album":{"type":["string","null"]}},"required":["album"],"additionalProperties":false}}}""", null, """{"tool":"PlayMusic","args":{"service":"spotify","album":null}}""")]
    public async Task Schemas_of_closed_sets_and_spans_are_served(string schema, string? name, string expected)
    {
        ChatResponse response = await Ask(new ChatOptions { ResponseFormat = Format(schema, name) });
        Assert.That(response.Text, Is.EqualTo(expected));
    }

    [TestCase("""{"type":"object","properties":{"artist":{"type":"string"},"album":{"type":"string"}},"required":["album"]}""", "PlayMusic", ExtractionFailure.InvalidAnswer)]
    [TestCase("""{"type":"object","properties":{"genre":{"enum":["rock","pop"]}}}""", "PlayMusic", ExtractionFailure.InvalidAnswer)]
    [TestCase("""{"type":"object","properties":{"artist":{"type":"string","maxLength":3}}}""", "PlayMusic", ExtractionFailure.InvalidAnswer)]
    [TestCase("""{"type":"object","properties":{"artist":{"type":"string"},"mood":{"type":"string"}},"required":["mood"]}""", "PlayMusic", ExtractionFailure.UnservableSchema)]
    [TestCase("""{"type":"object","properties":{"year":{"type":"integer"}}}""", null, ExtractionFailure.UnservableSchema)]
    [TestCase("""{"type":"array","items":{"type":"string"}}""", null, ExtractionFailure.UnservableSchema)]
    public void What_cannot_be_answered_is_never_made_up(string schema, string? name, ExtractionFailure failure) =>
        Assert.That(() => Ask(new ChatOptions { ResponseFormat = Format(schema, name) }), Fails(failure, ""));

    [Test]
    public void A_schema_with_an_unknown_keyword_is_refused() =>
        Assert.That(() => Ask(new ChatOptions { ResponseFormat = Format("""{"type":"object","properties":{"artist":{"type":"string","shape":"round"}}}""", null) }), Throws.InstanceOf<JsonSchemaException>());

    [Test]
    public async Task A_subtask_is_served()
    {
        Subtask<string, Play> subtask = new("PlayMusic", "Find what to play.", _client);
        SubtaskResult<Play> result = await subtask.RunAsync(Request);
        Assert.That(result.Value, Is.EqualTo(new Play(Service.Spotify, "Miles Davis", null)));
        Assert.That(() => subtask.RunAsync("play something"), Throws.InstanceOf<ExtractionException>(), "the service is required and not in the request");
    }

    [Test]
    public void The_conversation_must_end_with_a_request()
    {
        Assert.That(() => _client.GetResponseAsync([]), Throws.ArgumentException);
        Assert.That(() => _client.GetResponseAsync([new ChatMessage(ChatRole.User, "  ")]), Throws.ArgumentException);
        Assert.That(() => _client.GetResponseAsync([new(ChatRole.User, Request), new(ChatRole.Tool, [new FunctionResultContent("1", "done")])]), Fails(ExtractionFailure.NoRequest, "tool"));
        Assert.That(() => _client.GetResponseAsync([new ChatMessage(ChatRole.User, [new TextContent("play this"), new DataContent(new byte[] { 1 }, "image/png")])]), Throws.InstanceOf<UnsupportedContentException>());
    }

    [Test]
    public async Task Escalation_takes_over_what_cannot_be_answered()
    {
        using TestKit.ScriptedChatClient frontier = new("frontier");
        using EscalatingChatClient pair = new(_model.AsIChatClient(), frontier, EscalateWhen.Faulted);
        ChatResponse response = await pair.GetResponseAsync(Request, new ChatOptions { ResponseFormat = Format("""{"type":"object","properties":{"mood":{"type":"string"}}}""", null) });
        Assert.That(response.GetRoute(), Is.EqualTo(Routes.Frontier));
    }

    private static ChatResponseFormatJson Format(string schema, string? name) => ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(schema).RootElement, name);

    private static AIFunctionDeclaration Tool(string name, params string[] parameters)
    {
        string properties = string.Join(',', parameters.Select(p => $$"""  "{{p}}": {"type":"string"} """));
        return AIFunctionFactory.CreateDeclaration(name, name, JsonDocument.Parse($$"""{"type":"object","properties":{ {{properties}} } }""").RootElement);
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Fails(ExtractionFailure failure, string named) =>
        Throws.InstanceOf<ExtractionException>().With.Property(nameof(ExtractionException.Failure)).EqualTo(failure).And.Message.Contains(named);

    private Task<ChatResponse> Ask(ChatOptions options) => _client.GetResponseAsync(Request, options);

    internal enum Service
    {
        Deezer,
        Spotify,
    }

    internal sealed record Play(
        [property: System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Service>))] Service Service,
        [property: Span] string Artist,
        [property: Span] string? Album);
}
