using HeteroAgent.OpenAI;
using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace HeteroAgent.Tests;

public sealed class OpenAICompatibleContract : ChatClientContract
{
    private LoopbackServer? _server;

    [TearDown]
    public async Task StopServer()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    protected override IChatClient CreateClient()
    {
        LoopbackServer server = _server = new();
        server.Always = e => e.IsStreaming ? e.StreamAsync(Protocol.Stream("hello from loopback")) : e.SendAsync(200, Protocol.Completion("hello from loopback"));
        return new OpenAICompatibleChatClient(server.Endpoint, "gpt-4.1");
    }
}
