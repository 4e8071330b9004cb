using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Net.Sockets;
using HeteroAgent.OpenAI;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using OpenAI;
using OpenAI.Chat;

namespace HeteroAgent.Tests;

public sealed class OpenAICompatibleFaultTests
{
    private LoopbackServer _server = null!;
    private OpenAICompatibleChatClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = new();
        _client = Client(retries: 1);
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Too_many_requests_is_tried_again_after_the_time_that_the_server_names()
    {
        _ = _server.Then(static e => e.SendAsync(429, """{"error":{"message":"slow down"}}""", "Retry-After: 0")).Then(static e => e.SendAsync(200, Protocol.Completion("now")));
        Assert.That((await _client.GetResponseAsync("hi")).Text, Is.EqualTo("now"));
        Assert.That(_server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_server_error_that_stays_is_reported_with_its_status([Values] bool streaming)
    {
        _server.Always = static e => e.SendAsync(500, """{"error":{"message":"broken"}}""", "Retry-After: 0");
        Assert.That(async () => await AskAsync(streaming), Throws.InstanceOf<ClientResultException>().With.Property("Status").EqualTo(500));
        Assert.That(_server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_server_error_is_a_reason_to_escalate()
    {
        _server.Always = static e => e.SendAsync(500, "{}", "Retry-After: 0");
        using IChatClient client = _client.WithEscalation(new TestKit.ScriptedChatClient("rescued"), EscalateWhen.Faulted);
        ChatResponse response = await client.GetResponseAsync("hi");
        Assert.That(response.Text, Is.EqualTo("rescued"));
        Assert.That(response.GetEscalationReason(), Is.EqualTo("faulted"));
    }

    [Test]
    public void A_stream_that_is_cut_off_is_not_taken_for_complete([Values] bool announced)
    {
        // Announced: HTTP itself shows the cut. Otherwise the body ends properly and only the protocol's end is missing.
        _server.Always = e => e.StreamAsync(Protocol.Stream("one two three").Take(3), end: !announced);
        List<string> shown = [];
        Assert.That(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync("hi"))
            {
                shown.Add(update.Text);
            }
        }, Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.BrokenStream));
        Assert.That(string.Concat(shown), Is.EqualTo("one two"));
    }

    [Test]
    public void A_call_that_was_cut_off_is_not_shown()
    {
        _server.Always = static e => e.StreamAsync([Protocol.Chunk("""{"role":"assistant","tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}""")]);
        List<ChatResponseUpdate> shown = [];
        Assert.That(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync("hi"))
            {
                shown.Add(update);
            }
        }, Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.BrokenStream));
        Assert.That(shown, Is.Empty);
    }

    [Test]
    public void A_factory_of_the_caller_that_throws_is_no_fault_of_the_server()
    {
        Assert.That(async () => await _client.GetResponseAsync("hi", new ChatOptions { RawRepresentationFactory = static _ => throw new FormatException("mine") }), Throws.InstanceOf<FormatException>());
        Assert.That(_server.Requests, Is.Empty);
    }

    [TestCase("this is not json")]
    [TestCase("""{"id":"x","choices":[]}""")]
    [TestCase("""{"choices":"none"}""")]
    [TestCase("""{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"no such reason"}]}""")]
    [TestCase("""{"id":"x","choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}""")]
    [TestCase("[]")]
    [TestCase("")]
    public void An_answer_that_is_no_completion_is_refused(string body)
    {
        _server.Always = e => e.SendAsync(200, body);
        Assert.That(async () => await AskAsync(streaming: false), Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.MalformedResponse));
    }

    [Test]
    public void A_chunk_that_is_not_json_is_refused()
    {
        _server.Always = static e => e.StreamAsync([Protocol.Chunk("""{"role":"assistant","content":"a"}"""), "{ not json", "[DONE]"]);
        Assert.That(async () => await AskAsync(streaming: true), Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.MalformedResponse));
    }

    [Test]
    public async Task Arguments_that_are_not_json_are_handed_on_with_the_error()
    {
        _server.Always = static e => e.SendAsync(200, Protocol.Completion(null, "tool_calls", """[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]"""));
        FunctionCallContent call = (await AskAsync(streaming: false)).Messages[0].Contents.OfType<FunctionCallContent>().Single();
        Assert.That(call.Exception, Is.Not.Null);
    }

    [Test]
    public void A_server_slower_than_the_timeout_is_reported([Values] bool streaming)
    {
        _server.Always = static e => Task.Delay(Timeout.Infinite, e.Stopped);
        _client = Client(retries: 0, TimeSpan.FromMilliseconds(100));
        Assert.That(async () => await AskAsync(streaming), Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.Timeout));
    }

    [Test]
    public async Task A_cancelled_call_stops_while_the_server_is_silent([Values] bool streaming)
    {
        using CancellationTokenSource cancellation = new();
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Always = async e =>
        {
            received.SetResult();
            await Task.Delay(Timeout.Infinite, e.Stopped);
        };
        Task<ChatResponse> call = AskAsync(streaming, cancellation.Token);
        await received.Task;
        await cancellation.CancelAsync();
        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_stream_stops_when_it_is_cancelled_in_the_middle()
    {
        using CancellationTokenSource cancellation = new();
        _server.Always = static async e =>
        {
            await e.StreamAsync(Protocol.Stream("one two").Take(2), end: false);
            await Task.Delay(Timeout.Infinite, e.Stopped);
        };
        int updates = 0;
        Assert.That(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync("hi", cancellationToken: cancellation.Token))
            {
                updates++;
                await cancellation.CancelAsync();
            }
        }, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(updates, Is.EqualTo(1));
    }

    [Test]
    public void A_port_that_nobody_listens_on_is_reported([Values] bool streaming)
    {
        using (TcpListener listener = new(IPAddress.Loopback, 0))
        {
            listener.Start();
            _client = Client(0, endpoint: new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1"));
        }

        Assert.That(async () => await AskAsync(streaming), Throws.InstanceOf<OpenAICompatibleException>().With.Property("Fault").EqualTo(OpenAICompatibleFault.Unreachable));
    }

    private OpenAICompatibleChatClient Client(int retries, TimeSpan? timeout = null, Uri? endpoint = null) =>
        new(new ChatClient("gpt-4.1", new ApiKeyCredential("key"), new OpenAIClientOptions { Endpoint = endpoint ?? _server.Endpoint, RetryPolicy = new ClientRetryPolicy(retries), NetworkTimeout = timeout }));

    private Task<ChatResponse> AskAsync(bool streaming, CancellationToken cancellationToken = default) => streaming
        ? _client.GetStreamingResponseAsync("hi", cancellationToken: cancellationToken).ToChatResponseAsync(cancellationToken)
        : _client.GetResponseAsync("hi", cancellationToken: cancellationToken);
}
