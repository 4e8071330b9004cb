using HeteroAgent.TestKit;
using Microsoft.Extensions.AI;

namespace HeteroAgent.Tests;

public sealed class RetrievingChatClientContract : DecoratorContract
{
    private readonly List<ScriptedChatClient> _clients = [];

    protected override IEnumerable<ReceivedCall> Received => _clients.SelectMany(static c => c.Calls);

    protected override IChatClient CreateClient()
    {
        _clients.Clear();
        _clients.Add(new("The fee is $95 [1]."));
        return _clients[0].WithRetrieval(new FixedRetriever(new RetrievedPassage("d", "Fees", "The fee is $95.", 1)));
    }
}
