using System.Text.Json;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.TestKit;

/// <summary>
/// What every chat client of the library keeps, so that it composes with Microsoft.Extensions.AI, Semantic Kernel and Agent Framework.
/// Derive a fixture for each client; it must answer <see cref="Messages"/> under <see cref="Options"/> with the same text every time.
/// </summary>
[TestFixture]
public abstract class ChatClientContract
{
    /// <summary>A new client; the test disposes it.</summary>
    protected abstract IChatClient CreateClient();

    /// <summary>A conversation that the client can answer.</summary>
    protected virtual IReadOnlyList<ChatMessage> Messages => [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Say hello.")];

    /// <summary>Options under which its answer is always the same.</summary>
    protected virtual DerivedChatOptions Options => new() { Temperature = 0, MaxOutputTokens = 8, Kernel = "kernel" };

    /// <summary>The least that the client can be asked with: no options, unless its answer would then have no end.</summary>
    protected virtual ChatOptions? LeastOptions => null;

    [Test]
    public async Task Answers_with_exactly_one_assistant_message()
    {
        using IChatClient client = CreateClient();
        ChatResponse response = await client.GetResponseAsync(Messages, Options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Messages, Has.Count.EqualTo(1), "a draft or any other extra message would enter the caller's history");
            Assert.That(response.Messages[0].Role, Is.EqualTo(ChatRole.Assistant));
            Assert.That(response.Messages[0].Contents, Has.None.InstanceOf<UsageContent>());
        }
    }

    [Test]
    public async Task Names_the_response_the_message_the_model_and_why_it_stopped()
    {
        using IChatClient client = CreateClient();
        ChatResponse response = await client.GetResponseAsync(Messages, Options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.ResponseId, Is.Not.Null.And.Not.Empty);
            Assert.That(response.ModelId, Is.Not.Null.And.Not.Empty);
            Assert.That(response.FinishReason, Is.Not.Null);
            Assert.That(response.CreatedAt, Is.Not.Null);
            Assert.That(response.Messages[^1].MessageId, Is.Not.Null.And.Not.Empty);
            Assert.That(response.ConversationId, Is.Null, "a conversation id would make the caller drop its history");
        }
    }

    [Test]
    public async Task Reports_usage_that_adds_up()
    {
        using IChatClient client = CreateClient();
        UsageDetails? usage = (await client.GetResponseAsync(Messages, Options)).Usage;
        Assert.That(usage, Is.Not.Null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(usage!.InputTokenCount, Is.GreaterThan(0));
            Assert.That(usage.OutputTokenCount, Is.GreaterThan(0));
            Assert.That(usage.TotalTokenCount, Is.EqualTo(usage.InputTokenCount + usage.OutputTokenCount));
            Assert.That(usage.CachedInputTokenCount ?? 0, Is.LessThanOrEqualTo(usage.InputTokenCount ?? 0));
        }
    }

    [Test]
    public async Task Streams_the_same_text_ids_and_finish_reason()
    {
        using IChatClient client = CreateClient();
        ChatResponse whole = await client.GetResponseAsync(Messages, Options);
        ChatResponse streamed = await client.GetStreamingResponseAsync(Messages, Options).ToChatResponseAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(streamed.Text, Is.EqualTo(whole.Text));
            Assert.That(streamed.Messages, Has.Count.EqualTo(1));
            Assert.That(streamed.FinishReason, Is.EqualTo(whole.FinishReason));
            Assert.That(streamed.ModelId, Is.EqualTo(whole.ModelId));
            Assert.That(streamed.ResponseId, Is.Not.Null.And.Not.Empty);
            Assert.That(streamed.Messages[0].MessageId, Is.Not.Null.And.Not.Empty);
            Assert.That(streamed.ConversationId, Is.Null);
            Assert.That(streamed.Usage?.InputTokenCount, Is.EqualTo(whole.Usage!.InputTokenCount));
            Assert.That(streamed.Usage?.OutputTokenCount, Is.EqualTo(whole.Usage.OutputTokenCount));
        }
    }

    [Test]
    public async Task Streams_the_same_records()
    {
        using IChatClient client = CreateClient();
        ChatResponse whole = await client.GetResponseAsync(Messages, Options);
        ChatResponse streamed = await client.GetStreamingResponseAsync(Messages, Options).ToChatResponseAsync();
        // A cached prompt is computed in other batches, so the last digits of a model may differ.
        Assert.That(Records.Of(streamed, digits: 3), Is.EqualTo(Records.Of(whole, digits: 3)));
    }

    [Test]
    public async Task Keeps_its_records_when_stored_as_json()
    {
        using IChatClient client = CreateClient();
        ChatResponse response = await client.GetResponseAsync(Messages, Options);
        string json = JsonSerializer.Serialize(response, AIJsonUtilities.DefaultOptions);
        Assert.That(Records.Of(JsonSerializer.Deserialize<ChatResponse>(json, AIJsonUtilities.DefaultOptions)!), Is.EqualTo(Records.Of(response)));
    }

    [Test]
    public async Task Ends_a_stream_with_usage()
    {
        using IChatClient client = CreateClient();
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Messages, Options).ToListAsync();
        int usage = updates.FindLastIndex(static u => u.Contents.Any(static c => c is UsageContent));
        int text = updates.FindLastIndex(static u => u.Contents.Any(static c => c is TextContent));
        Assert.That(usage, Is.GreaterThanOrEqualTo(0).And.GreaterThanOrEqualTo(text));
    }

    [Test]
    public async Task Leaves_options_and_messages_as_they_were([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        IReadOnlyList<ChatMessage> messages = Messages;
        int[] contents = [.. messages.Select(static m => m.Contents.Count)];
        DerivedChatOptions options = Options;
        options.ModelId = null;
        options.AdditionalProperties = new() { ["unknown"] = 1.0 };
        ChatOptions before = options.Clone();
        _ = await AskAsync(client, messages, options, streaming);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(messages.Select(static m => m.Contents.Count), Is.EqualTo(contents));
            Assert.That(messages.Select(static m => m.AdditionalProperties), Is.All.Null);
            Assert.That(options.AdditionalProperties, Has.Count.EqualTo(1));
            Assert.That(options.ResponseFormat, Is.SameAs(before.ResponseFormat));
            Assert.That(options.Tools?.Count, Is.EqualTo(before.Tools?.Count));
            Assert.That(options.Temperature, Is.EqualTo(before.Temperature));
            Assert.That(options.MaxOutputTokens, Is.EqualTo(before.MaxOutputTokens));
            Assert.That(options.StopSequences?.Count, Is.EqualTo(before.StopSequences?.Count));
            Assert.That(options.ModelId, Is.Null);
            Assert.That(options.Instructions, Is.EqualTo(before.Instructions));
        }
    }

    [Test]
    public async Task Enumerates_the_messages_once([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        OneShotMessages messages = new(Messages);
        _ = await AskAsync(client, messages, Options, streaming);
        Assert.That(messages.Enumerations, Is.EqualTo(1));
    }

    [Test]
    public async Task Works_without_options([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        Assert.That((await AskAsync(client, Messages, LeastOptions, streaming)).Messages, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Takes_knobs_that_it_does_not_know_and_a_foreign_raw_representation()
    {
        using IChatClient client = CreateClient();
        DerivedChatOptions options = Options;
        options.AdditionalProperties = new() { ["top_k"] = 5.0, ["service_id"] = "hetero" };
        options.RawRepresentationFactory = static _ => new object();
        Assert.That((await client.GetResponseAsync(Messages, options)).Messages, Has.Count.EqualTo(1));
    }

    [Test]
    public void Has_metadata()
    {
        using IChatClient client = CreateClient();
        ChatClientMetadata? metadata = client.GetService<ChatClientMetadata>();
        Assert.That(metadata?.ProviderName, Is.Not.Null.And.Not.Empty, "Semantic Kernel refuses a client without metadata");
    }

    [Test]
    public void Answers_for_services()
    {
        using IChatClient client = CreateClient();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(client.GetService(client.GetType()), Is.SameAs(client));
            Assert.That(client.GetService(typeof(IChatClient)), Is.SameAs(client));
            Assert.That(client.GetService(client.GetType(), "key"), Is.Null);
            Assert.That(client.GetService(typeof(ChatClientMetadata), "key"), Is.Null);
            Assert.That(client.GetService(typeof(Uri)), Is.Null);
            Assert.That(() => client.GetService(null!), Throws.ArgumentNullException);
        }
    }

    [Test]
    public void Refuses_messages_that_are_null([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        Assert.That(async () => await AskAsync(client, null!, null, streaming), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("messages"));
    }

    [Test]
    public void Stops_for_a_token_that_is_cancelled([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        CancellationToken cancelled = new(canceled: true);
        Assert.That(async () => await AskAsync(client, Messages, Options, streaming, cancelled), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Goes_on_after_a_stream_was_abandoned()
    {
        using IChatClient client = CreateClient();
        string expected = (await client.GetResponseAsync(Messages, Options)).Text;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Messages, Options))
        {
            break;
        }

        Assert.That((await client.GetResponseAsync(Messages, Options)).Text, Is.EqualTo(expected));
    }

    [Test]
    public async Task Serves_concurrent_callers_alike()
    {
        using IChatClient client = CreateClient();
        string expected = (await client.GetResponseAsync(Messages, Options)).Text;
        ChatResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AskAsync(client, Messages, Options, i % 2 == 0)));
        Assert.That(answers.Select(static a => a.Text), Is.All.EqualTo(expected));
    }

    [Test]
    public void Refuses_calls_after_disposal_and_can_be_disposed_twice([Values] bool streaming)
    {
        IChatClient client = CreateClient();
        client.Dispose();
        client.Dispose();
        Assert.That(async () => await AskAsync(client, Messages, Options, streaming), Throws.InstanceOf<ObjectDisposedException>());
    }

    protected static Task<ChatResponse> AskAsync(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming, CancellationToken cancellationToken = default) =>
        streaming
            ? client.GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken)
            : client.GetResponseAsync(messages, options, cancellationToken);
}
