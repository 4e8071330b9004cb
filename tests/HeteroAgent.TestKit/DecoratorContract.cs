using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.TestKit;

/// <summary>What every client that passes calls on keeps besides <see cref="ChatClientContract"/>.</summary>
public abstract class DecoratorContract : ChatClientContract
{
    /// <summary>What the clients further in received since <see cref="ChatClientContract.CreateClient"/>.</summary>
    protected abstract IEnumerable<ReceivedCall> Received { get; }

    [Test]
    public async Task Passes_metadata_on()
    {
        using IChatClient client = CreateClient();
        _ = await client.GetResponseAsync(Messages, Options);
        Assert.That(client.GetService<ChatClientMetadata>()?.DefaultModelId, Is.Not.Null.And.Not.Empty, "Semantic Kernel selects a client by its model");
    }

    [Test]
    public async Task Passes_on_options_of_the_callers_own_type([Values] bool streaming)
    {
        using IChatClient client = CreateClient();
        DerivedChatOptions options = Options;
        object kernel = options.Kernel = new object();
        _ = await AskAsync(client, Messages, options, streaming);
        Assert.That(Received, Is.Not.Empty);
        Assert.That(Received.Select(static r => (r.Options as DerivedChatOptions)?.Kernel), Is.All.SameAs(kernel), "only Clone() keeps a derived type");
    }
}
