using System.Text.Json;
using HeteroAgent.OpenAI;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;

namespace HeteroAgent.Tests;

public sealed class OpenAICompatibleChatClientTests
{
    private const string WeatherCalls = """[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}},{"id":"call_2","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]""";

    private static readonly AITool Weather = AIFunctionFactory.CreateDeclaration("get_weather", "The weather.", EscalationPolicyTests.Json("""{"type":"object","properties":{"city":{"type":"string","x-span":true}},"required":["city"]}"""));

    private LoopbackServer _server = null!;
    private OpenAICompatibleChatClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = new();
        _client = new(_server.Endpoint, "gpt-4.1", "key");
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Reads_an_answer_with_its_usage()
    {
        string? path = null;
        _ = _server.Then(e =>
        {
            path = e.Path;
            return e.SendAsync(200, Protocol.Completion("Hello!"));
        });
        ChatResponse response = await _client.GetResponseAsync("hi");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(path, Is.EqualTo("/v1/chat/completions"));
            Assert.That(response.Text, Is.EqualTo("Hello!"));
            Assert.That(response.ResponseId, Is.EqualTo("chatcmpl-123"));
            Assert.That(response.ModelId, Is.EqualTo("gpt-4.1-2025-04-14"));
            Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.Stop));
            Assert.That(response.Usage!.InputTokenCount, Is.EqualTo(19));
            Assert.That(response.Usage.OutputTokenCount, Is.EqualTo(10));
            Assert.That(response.Usage.CachedInputTokenCount, Is.EqualTo(7));
            Assert.That(response.Usage.ReasoningTokenCount, Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Sends_only_what_was_asked_for()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
        _ = await _client.GetResponseAsync("hi", new ChatOptions());
        Assert.That(_server.Requests[0].EnumerateObject().Select(static p => p.Name), Is.EquivalentTo((string[])["messages", "model"]));
    }

    [Test]
    public async Task Sends_each_option_under_the_name_that_open_servers_know()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
        _ = await _client.GetResponseAsync("hi", new ChatOptions
        {
            Instructions = "Be brief.",
            Temperature = 0.5f,
            TopP = 0.25f,
            TopK = 40,
            Seed = 7,
            MaxOutputTokens = 12,
            StopSequences = ["END"],
            ModelId = "other-model",
            Reasoning = new() { Effort = ReasoningEffort.Low },
        });
        JsonElement sent = _server.Requests[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sent.GetProperty("messages")[0].GetProperty("role").GetString(), Is.EqualTo("system"));
            Assert.That(sent.GetProperty("temperature").GetDouble(), Is.EqualTo(0.5));
            Assert.That(sent.GetProperty("top_p").GetDouble(), Is.EqualTo(0.25));
            Assert.That(sent.GetProperty("top_k").GetInt32(), Is.EqualTo(40));
            Assert.That(sent.GetProperty("seed").GetInt64(), Is.EqualTo(7));
            Assert.That(sent.GetProperty("max_tokens").GetInt32(), Is.EqualTo(12));
            Assert.That(sent.TryGetProperty("max_completion_tokens", out _), Is.False);
            Assert.That(sent.GetProperty("stop")[0].GetString(), Is.EqualTo("END"));
            Assert.That(sent.GetProperty("model").GetString(), Is.EqualTo("other-model"));
            Assert.That(sent.GetProperty("reasoning_effort").GetString(), Is.EqualTo("low"));
        }
    }

    [Test]
    public async Task OpenAI_gets_its_own_name_for_the_token_limit()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
        using OpenAICompatibleChatClient client = new(_server.Endpoint, "m") { UsesMaxCompletionTokens = true };
        _ = await client.GetResponseAsync("hi", new ChatOptions { MaxOutputTokens = 12, TopK = 3 });
        Assert.That(_server.Requests[0].GetProperty("max_completion_tokens").GetInt32(), Is.EqualTo(12));
        Assert.That(_server.Requests[0].TryGetProperty("top_k", out _), Is.False);
        Assert.That(new OpenAICompatibleChatClient(new Uri("https://api.openai.com/v1"), "m").UsesMaxCompletionTokens, Is.True);
        Assert.That(new OpenAICompatibleChatClient(new Uri("https://api.deepseek.com/v1"), "m").StructuredOutput, Is.EqualTo(StructuredOutputMode.JsonObject));
        Assert.That(new OpenAICompatibleChatClient(new Uri("https://notopenai.com/v1"), "m").UsesMaxCompletionTokens, Is.False);
    }

    [Test]
    public async Task Raw_options_of_the_caller_win()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
        _ = await _client.GetResponseAsync("hi", new ChatOptions { Temperature = 1, RawRepresentationFactory = static _ => new ChatCompletionOptions { Temperature = 0.25f, EndUserId = "me" } });
        Assert.That(_server.Requests[0].GetProperty("temperature").GetDouble(), Is.EqualTo(0.25));
        Assert.That(_server.Requests[0].GetProperty("user").GetString(), Is.EqualTo("me"));
    }

    [Test]
    public async Task Offers_tools_and_reads_calls()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion(null, "stop", WeatherCalls)));
        ChatResponse response = await _client.GetResponseAsync("weather?", new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = true });
        FunctionCallContent[] calls = [.. response.Messages[0].Contents.OfType<FunctionCallContent>()];
        JsonElement sent = _server.Requests[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls.Select(static c => c.CallId), Is.EqualTo((string[])["call_1", "call_2"]));
            Assert.That(calls[1].Arguments!["city"]!.ToString(), Is.EqualTo("Rome"));
            Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls), "the server said stop");
            Assert.That(sent.GetProperty("tool_choice").GetString(), Is.EqualTo("required"));
            Assert.That(sent.GetProperty("parallel_tool_calls").GetBoolean(), Is.True);
            Assert.That(sent.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString(), Is.EqualTo("get_weather"));
            Assert.That(sent.GetProperty("tools")[0].GetRawText(), Does.Not.Contain("x-span"));
        }
    }

    [Test]
    public async Task Sends_each_tool_mode()
    {
        foreach (ChatToolMode? mode in (ChatToolMode?[])[null, ChatToolMode.Auto, ChatToolMode.None, ChatToolMode.RequireSpecific("get_weather")])
        {
            _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
            _ = await _client.GetResponseAsync("weather?", new ChatOptions { Tools = [Weather], ToolMode = mode });
        }

        string[] sent = [.. _server.Requests.Select(static r => r.TryGetProperty("tool_choice", out JsonElement choice) ? choice.GetRawText() : "")];
        Assert.That(sent[..3], Is.EqualTo((string[])["\"auto\"", "\"auto\"", "\"none\""]));
        Assert.That(EscalationPolicyTests.Json(sent[3]).GetProperty("function").GetProperty("name").GetString(), Is.EqualTo("get_weather"));
    }

    [Test]
    public async Task Sends_calls_and_results_back()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("Sunny.")));
        _ = await _client.GetResponseAsync(
        [
            new(ChatRole.User, "weather?"),
            new(ChatRole.Assistant, [new TextReasoningContent("hm") { ProtectedData = "p" }, new FunctionCallContent("call_1", "get_weather", new Dictionary<string, object?> { ["city"] = "Paris" })]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "sunny"), new FunctionResultContent("call_2", null) { Exception = new IOException("gone") }]),
        ]);
        JsonElement sent = _server.Requests[0].GetProperty("messages");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sent.EnumerateArray().Select(static m => m.GetProperty("role").GetString()), Is.EqualTo((string[])["user", "assistant", "tool", "tool"]));
            Assert.That(EscalationPolicyTests.Json(sent[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!).GetProperty("city").GetString(), Is.EqualTo("Paris"));
            Assert.That(sent[2].GetProperty("tool_call_id").GetString(), Is.EqualTo("call_1"));
            Assert.That(sent[2].GetProperty("content").GetString(), Is.EqualTo("sunny"));
            Assert.That(sent[3].GetProperty("content").GetString(), Is.EqualTo("Error: gone"));
        }
    }

    [Test]
    public async Task Assembles_streamed_tool_calls()
    {
        _ = _server.Then(static e => e.StreamAsync(
        [
            Protocol.Chunk("""{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}"""),
            Protocol.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"""),
            Protocol.Chunk("""{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]}"""),
            Protocol.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"\"Paris\"}"}}]}"""),
            Protocol.Chunk("{}", "tool_calls"),
            Protocol.UsageChunk,
            "[DONE]",
        ]));
        ChatResponse response = await _client.GetStreamingResponseAsync("weather?", new ChatOptions { Tools = [Weather] }).ToChatResponseAsync();
        Assert.That(response.Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => $"{c.CallId} {c.Name} {c.Arguments!["city"]}"),
            Is.EqualTo((string[])["call_1 get_weather Paris", "call_2 get_weather Rome"]));
        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ToolCalls));
        Assert.That(response.Usage!.CachedInputTokenCount, Is.EqualTo(7));
        Assert.That(_server.Requests[0].GetProperty("stream_options").GetProperty("include_usage").GetBoolean(), Is.True);
    }

    [Test]
    public async Task A_schema_that_is_no_object_travels_in_a_wrapper([Values] bool streaming)
    {
        _server.Always = static e => e.IsStreaming ? e.StreamAsync(Protocol.Stream("""{"value": "red" }""")) : e.SendAsync(200, Protocol.Completion("""{"value": "red" }"""));
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"enum":["red","blue"],"x-span":true}"""), "colour") };
        ChatResponse response = streaming ? await _client.GetStreamingResponseAsync("?", options).ToChatResponseAsync() : await _client.GetResponseAsync("?", options);
        JsonElement format = _server.Requests[0].GetProperty("response_format");
        Assert.That(response.Text, Is.EqualTo("\"red\""));
        Assert.That(format.GetProperty("json_schema").GetProperty("strict").GetBoolean(), Is.True);
        Assert.That(format.GetProperty("json_schema").GetProperty("name").GetString(), Is.EqualTo("colour"));
        Assert.That(format.GetProperty("json_schema").GetProperty("schema").GetRawText(), Does.Contain("\"value\"").And.Not.Contain("x-span"));
    }

    [Test]
    public async Task Strict_is_claimed_only_for_schemas_that_strict_mode_takes()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("{}"));
        _ = await _client.GetResponseAsync("?", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""")) });
        Assert.That(_server.Requests[0].GetProperty("response_format").GetProperty("json_schema").TryGetProperty("strict", out JsonElement strict) && strict.ValueKind == JsonValueKind.True, Is.False);
    }

    [Test]
    public async Task A_server_without_schemas_is_told_in_words()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("""{"a":"b"}"""));
        using OpenAICompatibleChatClient client = new(_server.Endpoint, "deepseek-chat") { StructuredOutput = StructuredOutputMode.JsonObject };
        _ = await client.GetResponseAsync("?", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"type":"object","properties":{"a":{"type":"string"}}}""")) });
        Assert.That(_server.Requests[0].GetProperty("response_format").GetProperty("type").GetString(), Is.EqualTo("json_object"));
        Assert.That(_server.Requests[0].GetProperty("messages")[0].GetProperty("content").GetString(), Does.Contain("\"properties\""));
    }

    [Test]
    public async Task Log_probabilities_become_a_confidence()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("ab", logprobs: """{"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[]},{"token":"b","logprob":-1.5,"bytes":null,"top_logprobs":[]}],"refusal":null}""")));
        ChatResponse response = await _client.GetResponseAsync("?", new ChatOptions { AdditionalProperties = new() { [RequestPropertyNames.Logprobs] = true } });
        Assert.That(_server.Requests[0].GetProperty("logprobs").GetBoolean(), Is.True);
        Assert.That(response.GetConfidence(), Is.EqualTo(new Confidence(-1, -1.5, 2)));
        Assert.That(response.GetLogprobs().Select(static l => l.Text), Is.EqualTo((string[])["a", "b"]));
    }

    [Test]
    public async Task Images_are_sent_and_other_data_is_refused()
    {
        _ = _server.Then(static e => e.SendAsync(200, Protocol.Completion("x")));
        _ = await _client.GetResponseAsync(new ChatMessage(ChatRole.User, [new TextContent("what?"), new DataContent(new byte[] { 1, 2 }, "image/png"), new UriContent("https://example.org/a.png", "image/png")]));
        Assert.That(_server.Requests[0].GetProperty("messages")[0].GetProperty("content").GetArrayLength(), Is.EqualTo(3));
        Assert.That(async () => await _client.GetResponseAsync(new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "video/mp4")])),
            Throws.InstanceOf<UnsupportedContentException>().With.Message.Contains("video/mp4"));
        Assert.That(async () => await _client.GetResponseAsync(new ChatMessage(new ChatRole("critic"), "x")), Throws.InstanceOf<UnsupportedContentException>().With.Message.Contains("critic"));
        Assert.That(async () => await _client.GetResponseAsync("x", new ChatOptions { Tools = [new HostedWebSearchTool()] }), Throws.InstanceOf<UnsupportedContentException>());
    }

    [Test]
    public async Task A_server_without_response_format_is_told_in_words_alone([Values] bool streaming)
    {
        const string Fenced = "```json\n{\"value\": \"red\"}\n```";
        _server.Always = static e => e.IsStreaming ? e.StreamAsync(Protocol.Stream(Fenced)) : e.SendAsync(200, Protocol.Completion(Fenced));
        using OpenAICompatibleChatClient client = new(_server.Endpoint, "m") { StructuredOutput = StructuredOutputMode.Instructions };
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"enum":["red","blue"]}""")) };
        ChatResponse response = streaming ? await client.GetStreamingResponseAsync("?", options).ToChatResponseAsync() : await client.GetResponseAsync("?", options);
        Assert.That(response.Text, Is.EqualTo("\"red\""));
        Assert.That(_server.Requests[0].TryGetProperty("response_format", out _), Is.False);
        Assert.That(_server.Requests[0].GetProperty("messages")[0].GetProperty("content").GetString(), Does.Contain("\"enum\""));
        _ = await client.GetResponseAsync("?", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        Assert.That(_server.Requests[1].TryGetProperty("response_format", out _), Is.False);
        Assert.That(_server.Requests[1].GetProperty("messages")[0].GetProperty("content").GetString(), Does.Contain("JSON"));
    }

    [Test]
    public async Task A_schema_keeps_its_constraints()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("{}"));
        _ = await _client.GetResponseAsync("?", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}""")) });
        JsonElement schema = _server.Requests[0].GetProperty("response_format").GetProperty("json_schema").GetProperty("schema");
        Assert.That(schema.GetProperty("properties").GetProperty("a").GetProperty("maxLength").GetInt32(), Is.EqualTo(3));
        Assert.That(schema.TryGetProperty("required", out _), Is.False);
    }

    [Test]
    public async Task A_response_format_of_the_raw_options_wins()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("""{"value":1}"""));
        ChatResponse response = await _client.GetResponseAsync("?", new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(EscalationPolicyTests.Json("""{"type":"integer"}""")),
            RawRepresentationFactory = static _ => new ChatCompletionOptions { ResponseFormat = global::OpenAI.Chat.ChatResponseFormat.CreateJsonObjectFormat() },
        });
        Assert.That(_server.Requests[0].GetProperty("response_format").GetProperty("type").GetString(), Is.EqualTo("json_object"));
        Assert.That(response.Text, Is.EqualTo("""{"value":1}"""));
    }

    [Test]
    public async Task A_schema_of_a_tool_arrives_whole()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("x"));
        AITool tool = AIFunctionFactory.CreateDeclaration("f", "F.", EscalationPolicyTests.Json("""{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string","x-span":true}}}"""));
        _ = await _client.GetResponseAsync("?", new ChatOptions { Tools = [tool] });
        JsonElement parameters = _server.Requests[0].GetProperty("tools")[0].GetProperty("function").GetProperty("parameters");
        Assert.That(parameters.GetRawText(), Does.Contain("#/$defs/A").And.Contain("\"$defs\"").And.Not.Contain("x-span"));
    }

    [Test]
    public async Task Calls_without_arguments_or_id_are_read([Values] bool streaming)
    {
        const string Calls = """[{"index":0,"id":"","type":"function","function":{"name":"now","arguments":""}},{"index":1,"id":"","type":"function","function":{"name":"now","arguments":""}}]""";
        _server.Always = static e => e.IsStreaming
            ? e.StreamAsync([Protocol.Chunk($$"""{"tool_calls":{{Calls}} }"""), Protocol.Chunk("{}", "tool_calls"), "[DONE]"])
            : e.SendAsync(200, Protocol.Completion(null, "tool_calls", Calls));
        ChatResponse response = streaming ? await _client.GetStreamingResponseAsync("?").ToChatResponseAsync() : await _client.GetResponseAsync("?");
        FunctionCallContent[] calls = [.. response.Messages[0].Contents.OfType<FunctionCallContent>()];
        Assert.That(calls.Select(static c => c.CallId), Has.None.Empty.And.Unique);
        Assert.That(calls.Select(static c => (c.Name, c.Exception)), Is.EqualTo(((string, Exception?)[])[("now", null), ("now", null)]));
    }

    [Test]
    public async Task Reasoning_is_kept_apart_from_the_text([Values] bool streaming)
    {
        const string Message = """{"role":"assistant","reasoning_content":"hm","content":"4"}""";
        _server.Always = static e => e.IsStreaming
            ? e.StreamAsync([Protocol.Chunk(Message), Protocol.Chunk("{}", "stop"), "[DONE]"])
            : e.SendAsync(200, $$"""{"id":"c","object":"chat.completion","created":1741569952,"model":"m","choices":[{"index":0,"message":{{Message}},"finish_reason":"stop"}]}""");
        ChatResponse response = streaming ? await _client.GetStreamingResponseAsync("?").ToChatResponseAsync() : await _client.GetResponseAsync("?");
        Assert.That(response.Text, Is.EqualTo("4"));
        Assert.That(response.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text, Is.EqualTo("hm"));
    }

    [Test]
    public async Task A_refusal_is_an_error_content([Values] bool streaming)
    {
        const string Message = """{"role":"assistant","content":null,"refusal":"I cannot."}""";
        _server.Always = static e => e.IsStreaming
            ? e.StreamAsync([Protocol.Chunk("""{"role":"assistant","refusal":"I can"}"""), Protocol.Chunk("""{"refusal":"not."}"""), Protocol.Chunk("{}", "stop"), "[DONE]"])
            : e.SendAsync(200, $$"""{"id":"c","object":"chat.completion","created":1741569952,"model":"m","choices":[{"index":0,"message":{{Message}},"finish_reason":"stop"}]}""");
        ChatResponse response = streaming ? await _client.GetStreamingResponseAsync("?").ToChatResponseAsync() : await _client.GetResponseAsync("?");
        Assert.That(response.Messages[0].Contents.OfType<ErrorContent>().Single().Message, Is.EqualTo("I cannot."));
    }

    [Test]
    public async Task Streamed_log_probabilities_become_a_confidence_and_usage_so_far_counts_once()
    {
        const string Usage = "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":N,\"total_tokens\":7}";
        static string Chunk(string token, string logprob, int tokens) =>
            $$"""{"id":"c","object":"chat.completion.chunk","created":1741569952,"model":"m","choices":[{"index":0,"delta":{"content":"{{token}}"},"logprobs":{"content":[{"token":"{{token}}","logprob":{{logprob}},"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":null}],{{Usage.Replace("N", $"{tokens}", StringComparison.Ordinal)}}}""";
        _server.Always = static e => e.StreamAsync([Chunk("a", "-0.5", 1), Chunk("b", "-1.5", 2), Protocol.Chunk("{}", "stop"), "[DONE]"]);
        ChatResponse response = await _client.GetStreamingResponseAsync("?", new ChatOptions { AdditionalProperties = new() { [RequestPropertyNames.Logprobs] = true } }).ToChatResponseAsync();
        Assert.That(response.GetConfidence(), Is.EqualTo(new Confidence(-1, -1.5, 2)));
        Assert.That((response.Usage!.InputTokenCount, response.Usage.OutputTokenCount), Is.EqualTo((5, 2)));
    }

    [Test]
    public async Task Plain_text_is_sent_as_a_string()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion("x"));
        _ = await _client.GetResponseAsync([new(ChatRole.System, "s"), new(ChatRole.User, "u"), new(ChatRole.Assistant, "a"), new(ChatRole.User, "v")]);
        Assert.That(_server.Requests[0].GetProperty("messages").EnumerateArray().Select(static m => m.GetProperty("content").ValueKind), Is.All.EqualTo(JsonValueKind.String));
    }

    [Test]
    public void Names_provider_address_and_model()
    {
        ChatClientMetadata metadata = _client.GetService<ChatClientMetadata>()!;
        Assert.That((metadata.ProviderName, metadata.ProviderUri, metadata.DefaultModelId), Is.EqualTo(("openai-compatible", _server.Endpoint, "gpt-4.1")));
        Assert.That(new OpenAICompatibleChatClient(new Uri("https://api.deepseek.com/v1"), "m").GetService<ChatClientMetadata>()!.ProviderName, Is.EqualTo("deepseek"));
        Assert.That(_client.GetService<ChatClient>(), Is.Not.Null);
    }

    [Test]
    public void An_empty_conversation_and_a_bad_address_are_refused()
    {
        Assert.That(async () => await _client.GetResponseAsync([]), Throws.ArgumentException.With.Property("ParamName").EqualTo("messages"));
        Assert.That(static () => new OpenAICompatibleChatClient(new Uri("ftp://example.org"), "m"), Throws.ArgumentException.With.Property("ParamName").EqualTo("endpoint"));
        Assert.That(static () => new OpenAICompatibleChatClient(new Uri("/v1", UriKind.Relative), "m"), Throws.ArgumentException);
    }
}
